"""One turn of sending: what was claimed goes through the gate by the handful, over one line to the mail server.

What cannot go with others goes alone after them: text messages, a message whose account somebody holds at that moment,
and one for which the mail server takes its time. What is not decided at the end of a turn goes back to waiting.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import Error

from contact import choosing, handing, noting, sends, smtp
from contact.choices import Channel, OutboxState
from contact.claiming import Claim
from contact.gate import Gate, ShutError
from contact.handing import Ready
from contact.marks import CannotNoteError, noting_on_disk
from contact.models import OutboxMessage
from contact.noting import Done
from contact.outcome import Outcome
from psp.logs import get_logger

log = get_logger(__name__)

# How many messages go through the gate together.
HANDFUL = 50
# Well within what the sweep waits for. Seconds.
LONGEST_TURN = 60
# After a server that said nothing once a message had left, the rest of a turn waits so long.
REST = timedelta(minutes=1)
# Among the counts of a turn: one that ended so.
PUT_OFF = "put_off"


@dataclass
class Turn:
    """`left`: what goes with others. `alone`: what goes by itself."""

    claim: Claim
    now: datetime
    left: list[UUID] = field(default_factory=list)
    alone: list[UUID] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    line: smtp.Line | None = None
    put_off: datetime | None = None
    # How many go through the gate together: fewer where a handful takes longer than the gate is held.
    size: int = HANDFUL

    def run(self) -> Counter[str]:
        """To its end; how many messages reached which state. Error: the database stays away; the sweep sees to it."""
        one, over = len(self.claim.messages) == 1, False
        self.left, self.alone = ([], list(self.claim.messages)) if one else (list(self.claim.messages), [])
        try:
            self._all()
            over = True
        finally:
            self.claim.marks.close(over=over)
            if self.line is not None:
                self.line.close()
        return self.counts

    def _all(self) -> None:
        try:
            while self.left and self._goes_on():
                with self._noted():
                    self._handful()
            while self.alone and self._goes_on():
                with self._noted():
                    self._one(self.alone.pop(0))
        except CannotNoteError:  # nothing more may leave
            log.exception("nothing_can_be_noted")
            self.put_off = self.now + REST
        rest = [*self.left, *self.alone]
        noting.give_back(rest, self.claim, self.put_off)
        self.counts[OutboxState.WAITING] += len(rest)
        self.counts[PUT_OFF] += self.put_off is not None

    def _goes_on(self) -> bool:
        return self.put_off is None and time.monotonic() - self.claim.taken < LONGEST_TURN

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """What is known of messages at the end is noted, whatever ended it."""
        try:
            yield
        finally:
            done, self.done = self.done, []
            self.counts.update(str(one.outcome.state) for one in done)
            noting.note(done, self.claim, self.now)

    # --- Several together ---

    def _handful(self) -> None:
        some, self.left = self.left[: self.size], self.left[self.size :]
        self.alone += some  # wherever this ends: taken out as each is decided
        has_line = self.line is not None
        try:
            again = self._through_the_gate(some)
        except (Error, CannotNoteError):
            raise
        except Exception as error:  # one of them cannot be handled: each by itself, so that the others can
            log.exception("messages_broke_down", count=len(some), error=type(error).__name__)
            return
        if again and (self.line is None or not self.line.is_open):
            self._open()
        elif has_line and len(again) == len(some) == 1:
            return  # too slow even for one: it goes alone, and then nobody waits for the server at all
        elif has_line:
            self._measure(len(some) - len(again), is_slow=bool(again))
        self._settled(again)
        self.left = again + self.left

    def _measure(self, went: int, *, is_slow: bool) -> None:
        """As many as the gate is held for."""
        self.size = max(1, went or self.size // 2) if is_slow else min(HANDFUL, self.size * 2)

    def _through_the_gate(self, some: list[UUID]) -> list[UUID]:
        """Those that should be looked at once more with others, once there is a line."""
        with Gate(self.claim, some) as gate:
            going = [message for message in gate.messages if self._way(message, gate) == Channel.EMAIL]
            if self.line is None:
                return [message.pk for message in going]
            mails = [one for message in going if (one := self._ready(message, gate, Channel.EMAIL)) is not None]
            with noting_on_disk():
                sends.note(*(one.message.key for one in mails))
            gate.open()
            return [one.message.pk for one in mails if not self._went(one, gate, self.line)]

    def _way(self, message: OutboxMessage, gate: Gate) -> str:
        """The channel by which it goes, "" where it does not."""
        decided = choosing.decide(message, gate.known, self.now)
        if isinstance(decided, choosing.Way):
            return decided.channel
        self._end(message, decided)
        return ""

    def _ready(self, message: OutboxMessage, gate: Gate, channel: str) -> Ready | None:
        made = handing.make_ready(message, gate.known.choices_of(message.person), channel)
        if isinstance(made, Ready):
            return made
        self._end(message, made)
        return None

    def _went(self, ready: Ready, gate: Gate, line: smtp.Line) -> bool:
        """False where it may go with the next ones; one that was under way when the gate shut goes alone."""
        if not gate.is_open or self.put_off is not None or not (line.is_open or line.error):
            return False
        passage = partial(handing.with_others, gate, self.claim, ready.message)
        try:
            outcome = handing.by_email(ready, line, self.claim, self.now, passage, gate.wait_for)
        except ShutError:
            return True
        if outcome is None:
            return False
        self._end(ready.message, outcome)
        return True

    # --- One alone ---

    def _one(self, key: UUID) -> None:
        try:
            if (ready := self._look(key)) is not None:
                self._hand_over(ready)
        except (Error, CannotNoteError):
            self.alone.insert(0, key)
            raise
        except Exception as error:
            log.exception("message_broke_down", ids=str(key), error=type(error).__name__)
            if (message := self.claim.held().filter(pk=key).first()) is not None:
                self._end(message, handing.after_failure(message, self.now, "", final=False))

    def _look(self, key: UUID) -> Ready | None:
        with Gate(self.claim, [key], waits=True) as gate:
            for message in gate.messages:
                if way := self._way(message, gate):
                    return self._ready(message, gate, way)
        return None

    def _hand_over(self, ready: Ready) -> None:
        with noting_on_disk():
            sends.note(ready.message.key)
        if ready.channel == Channel.EMAIL and (self.line is None or not self.line.is_open):
            self._open()
        line = self.line if ready.channel == Channel.EMAIL else None
        outcome = handing.alone(ready, self.claim, self.now, line)
        if outcome is None:  # the server had enough of that line: once more over a new one
            self._open()
            outcome = handing.alone(ready, self.claim, self.now, self.line)
        if outcome is not None:
            self._end(ready.message, outcome)

    # --- For both ---

    def _open(self) -> None:
        """Tried once: after that nobody waits for that server again in this turn."""
        if self.line is None:
            self.line = smtp.Line()
        if self.line.error is None:
            self.line.open()

    def _end(self, message: OutboxMessage, outcome: Outcome) -> None:
        self.done.append(Done(message, outcome))
        self._settled([message.pk])
        if outcome.state == OutboxState.UNKNOWN and outcome.reason == "connection_lost":
            self.put_off = self.now + REST

    def _settled(self, keys: Iterable[UUID]) -> None:
        over = set(keys)
        self.alone = [one for one in self.alone if one not in over]
