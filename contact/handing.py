"""Handing a message over, by e-mail or as a text message, and reading what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from contact import choosing, letters, marks, sms, smtp
from contact.carrier import Gate as Passage
from contact.carrier import NotTakenError, OutcomeUnknownError
from contact.choices import Channel, OutboxState
from contact.claiming import Claim
from contact.envelopes import Envelope, in_envelope
from contact.gate import Gate, ShutError
from contact.models import OutboxMessage, SafeContact
from contact.outcome import Outcome, OvertakenError
from contact.services import values_of
from contact.wording import WordingError
from psp.logs import get_logger

log = get_logger(__name__)

# Minutes until the next try after each soft failure; then it is over.
BACK_OFF = (1, 5, 15, 60, 180)
# The reason of a message that waits because whoever sends for us could not take it.
SOFT = "try_later"


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that may go: in words, and (by e-mail) in its envelope."""

    message: OutboxMessage
    choices: SafeContact
    channel: str
    letter: letters.Letter
    envelope: Envelope | None


def make_ready(message: OutboxMessage, choices: SafeContact, channel: str) -> Ready | Outcome:
    """Word it for this channel; the end of one that cannot be worded."""
    try:
        letter = letters.write(message, choices, channel)
        envelope = in_envelope(message, letter) if channel == Channel.EMAIL else None
    except (WordingError, KeyError, ValueError) as error:
        log.error("message_cannot_be_worded", code=message.template_id, error=type(error).__name__)
        return Outcome(OutboxState.FAILED, "wording", channel=channel)
    return Ready(message, choices, channel, letter, envelope)


# --- E-mail -----------------------------------------------------------------------------------------


def by_email(
    ready: Ready, line: smtp.Line, claim: Claim, now: datetime, passage: Passage,
    waits: Callable[[Any], None] | None = None,
) -> Outcome | None:  # fmt: skip
    """Send it over this line, through this passage. None where the server had enough of the line before it left."""
    message, envelope, used = ready.message, ready.envelope, line.used
    if line.error is not None or envelope is None:
        return _not_taken(message, now, ready.channel, line.error or OSError())
    try:
        line.send(envelope.sender, envelope.to, envelope.mail, passage, waits)
    except OutcomeUnknownError:
        return Outcome(OutboxState.UNKNOWN, "connection_lost", letter=ready.letter, channel=ready.channel)
    except ShutError:
        _mark(claim, marks.BACK, message)
        raise
    except OSError as error:
        _mark(claim, marks.BACK, message)
        again = used and smtp.goes_away(error)
        return None if again else _not_taken(message, now, ready.channel, error)
    _mark(claim, marks.TAKEN, message)
    return Outcome(OutboxState.SENT, letter=ready.letter, channel=ready.channel)


def _not_taken(message: OutboxMessage, now: datetime, channel: str, error: OSError) -> Outcome:
    log.warning("message_not_taken", channel=channel, code=getattr(error, "smtp_code", 0))
    return after_failure(message, now, channel, final=smtp.is_final(error))


def _mark(claim: Claim, mark: str, message: OutboxMessage) -> None:
    """It matters only if this process dies now: what became of the message is noted in a moment."""
    with suppress(marks.CannotNoteError):
        claim.marks.note(mark, message.pk)


@contextmanager
def with_others(gate: Gate, claim: Claim, message: OutboxMessage) -> Iterator[None]:
    """The passage of one among several under a gate that is open. Nothing is done between the check and the bytes."""
    claim.marks.note(marks.LEAVING, message.pk)
    gate.check()
    yield


# --- Text messages ----------------------------------------------------------------------------------


def as_text(ready: Ready, claim: Claim, now: datetime, passage: Passage) -> Outcome:
    message = ready.message
    try:
        text = letters.as_text_message(message, ready.letter, ready.choices.phone)
        sms.provider().send(text, passage)
    except OutcomeUnknownError:
        return Outcome(OutboxState.UNKNOWN, "connection_lost", letter=ready.letter, channel=ready.channel)
    except NotTakenError as error:
        log.warning("message_not_taken", channel=ready.channel, code=error.code)
        _mark(claim, marks.BACK, message)
        return after_failure(message, now, ready.channel, final=error.final)
    _mark(claim, marks.TAKEN, message)
    return Outcome(OutboxState.SENT, letter=ready.letter, channel=ready.channel)


# --- One by itself ----------------------------------------------------------------------------------


def alone(ready: Ready, claim: Claim, now: datetime, line: smtp.Line | None) -> Outcome | None:
    """Hand it over with a gate of its own, which is held while its bytes leave and not for any answer before."""
    passage = partial(_last_look, ready, claim, now, ready.message.person.sealed_email)
    try:
        if line is None:
            return as_text(ready, claim, now, passage)
        return by_email(ready, line, claim, now, passage)
    except OvertakenError as overtaken:
        return overtaken.outcome


@contextmanager
def _last_look(ready: Ready, claim: Claim, now: datetime, address: str) -> Iterator[None]:
    """OvertakenError: it does not go, because something changed while the line was opened."""
    before = values_of(ready.choices)
    with Gate(claim, [ready.message.pk], waits=True) as gate:
        if not gate.messages:
            raise OvertakenError(Outcome(OutboxState.UNKNOWN, "sender_died"))
        (message,) = gate.messages
        decided = choosing.decide(message, gate.known, now)
        if isinstance(decided, Outcome):
            raise OvertakenError(decided)
        same = (decided.channel, message.person.sealed_email) == (ready.channel, address)
        if not same or values_of(gate.known.choices_of(message.person)) != before:
            raise OvertakenError(Outcome(OutboxState.WAITING, "overtaken", due_at=now))
        gate.open()
        with with_others(gate, claim, message):
            yield


# --- When it was not taken --------------------------------------------------------------------------


def after_failure(message: OutboxMessage, now: datetime, channel: str, *, final: bool) -> Outcome:
    if final:
        return Outcome(OutboxState.FAILED, "refused", channel=channel)
    over = message.attempts >= len(BACK_OFF)
    later = now if over else now + timedelta(minutes=BACK_OFF[message.attempts])
    if over or later > message.useful_until:
        return Outcome(OutboxState.FAILED, "gave_up", channel=channel)
    return Outcome(OutboxState.WAITING, SOFT, due_at=later)
