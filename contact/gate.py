"""The last look before messages leave, under the locks that withdrawals and changes of the choices take first.

Held while the messages are looked at and leave, and not for a mail server that says nothing: whoever withdraws waits
`HOLD` seconds at most for any server, and once a withdrawal has come back, nothing leaves any more. The gate is shut,
and nothing goes through, as soon as its time is over or the database says anything at all: a sender that stood still
finds it so when it wakes up, and the database has let go of its locks long before ([security.md] 34, 38).
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterable
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import Error, connection, transaction

from contact.knowing import Known, know
from contact.models import OutboxMessage
from psp.crypto import keyring
from psp.logs import get_logger
from psp.models import User

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact.claiming import Claim

log = get_logger(__name__)

# How long a withdrawal may have to wait for a server, and when the database gives up on a sender that stands still.
# Seconds.
HOLD = 0.5
STANDSTILL = 4


class ShutError(Exception):
    """The gate is shut: what has not left stays here, and is looked at again."""


class Gate:
    """`messages`: what of these is still ours and whose account could be locked; `known`: what is known of them.

    `waits`: for accounts that somebody else holds. Otherwise their messages are left out. Shut until `open`.
    """

    def __init__(self, claim: Claim, messages: Iterable[UUID], *, waits: bool = False) -> None:
        self.claim, self._wanted, self._waits = claim, list(messages), waits
        self.messages: list[OutboxMessage] = []
        self.known: Known
        self._stack = ExitStack()
        self._until = 0.0

    def __enter__(self) -> Gate:
        keyring.clear()  # a key that was destroyed a moment ago must not be at hand any more
        self._stack.enter_context(_locks())
        try:
            self._look()
        except BaseException:
            self.shut()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.shut()

    def _look(self) -> None:
        held = {self.claim.messages[one] for one in self._wanted}
        accounts = User.objects.filter(pk__in=held).order_by("pk")
        locked = accounts.select_for_update(of=("self",), no_key=True, skip_locked=not self._waits)
        people = {user.pk: user for user in locked}
        mine = self.claim.held().filter(pk__in=self._wanted, person__in=list(people)).order_by("due_at", "pk")
        self.messages = list(mine.select_for_update(of=("self",), no_key=True, skip_locked=True))
        self.known = know(self.messages, people)

    def open(self) -> None:
        """Everything is ready to leave: from now on the gate is held for so long."""
        self._until = time.monotonic() + HOLD

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._until and not _said_something()

    def check(self) -> None:
        """Asked before every byte of a message. ShutError."""
        if not self.is_open:
            raise ShutError

    def wait_for(self, line: Any) -> None:
        """Returns when `line` (a socket) has something to read; lets go of the locks where that takes too long."""
        left = self._until - time.monotonic()
        if left > 0 and line is not None and not (hasattr(line, "pending") and line.pending()):
            _readable(line.fileno(), left)
        if time.monotonic() >= self._until:
            self.shut()

    def shut(self) -> None:
        """Let go of every lock. Nothing was written under them, so nothing can be lost here."""
        self._until = 0.0
        try:
            self._stack.close()
        except Error as error:  # the database gave up on us, or is away: its locks are gone all the same
            log.warning("gate_lost", error=type(error).__name__)
            if not connection.in_atomic_block:
                connection.close()


@contextmanager
def _locks() -> Iterator[None]:
    """A transaction that writes nothing, so that nobody waits for the disk at its end."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(durable=True):
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SET LOCAL synchronous_commit = off;"
                    f" SET LOCAL idle_in_transaction_session_timeout = '{int(STANDSTILL * 1000)}ms'"
                )
        yield


def _said_something() -> bool:
    """Whether the database's line is not quiet: it only speaks unasked when it ends."""
    line = connection.connection
    return line is None or line.closed or _readable(line.fileno(), 0)


def _readable(handle: int, seconds: float) -> bool:
    if handle < 0:
        return True
    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    return bool(waiting.poll(seconds * 1000))
