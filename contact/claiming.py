"""Taking what is due, and seeing to what a dead sender had taken.

A claim is committed before anything of it leaves. A sender that died is found by the lock on its marks
(`contact.marks`): what had not left goes back to waiting, what was answered is noted as sent, and what nobody can know
is "perhaps sent", which staff see and nothing ever sends again ([security.md] 38).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import QuerySet

from contact import marks
from contact.choices import OutboxState
from contact.marks import Marks, Story
from contact.models import OutboxMessage
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.logs import get_logger

log = get_logger(__name__)

# Longer than any sending takes: a claim this old is not waited for any more, even if its sender still seems to live.
STUCK_AFTER = timedelta(minutes=10)
# How many messages a sender takes at a time.
BATCH = 200
AFTER_DEATH = {
    marks.LEAVING: (OutboxState.UNKNOWN, "sender_died"), marks.TAKEN: (OutboxState.SENT, "noted_late"),
    marks.BACK: (OutboxState.WAITING, "sender_died"), None: (OutboxState.WAITING, "sender_died"),
}  # fmt: skip


@dataclass(slots=True)
class Claim:
    """`messages`: message → person, in the order in which they are due."""

    id: UUID
    messages: dict[UUID, UUID]
    marks: Marks
    taken: float = field(default_factory=time.monotonic)

    def held(self) -> QuerySet[OutboxMessage]:
        """What of it is still ours."""
        return OutboxMessage.objects.filter(claim=self.id, state=OutboxState.SENDING)


def take(now: datetime, most: int = BATCH, *, only: UUID | None = None) -> Claim | None:
    """Take the next due messages (or this one), committed as ours when this returns. None when nothing is due."""
    number = uuid4()
    file = Marks(number)
    try:
        taken = _take(number, now, most, only)
    except BaseException:
        file.close(over=False)  # perhaps committed: the sweep finds out
        raise
    if not taken:
        file.close(over=True)
        return None
    return Claim(number, taken, file)


def surely() -> None:
    """Whatever the server is set to: this commit is in its log when it returns, and outlives a server that dies."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")


@transaction.atomic(durable=True)
def _take(number: UUID, now: datetime, most: int, only: UUID | None) -> dict[UUID, UUID]:
    due = OutboxMessage.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    if only is not None:
        due = due.filter(pk=only)
    taken = dict(due.values_list("pk", "person_id")[:most])
    if taken:
        surely()
        rows = OutboxMessage.objects.filter(pk__in=list(taken))
        rows.update(state=OutboxState.SENDING, claimed_at=now, claim=number)
    return taken


# --- Claims without a sender ------------------------------------------------------------------------


def sweep(now: datetime) -> int:
    """See to every claim whose sender died; how many messages nobody can know anything of."""
    count = 0
    for number, claimed_at in _claims():
        story = marks.read(number)
        dead = story is not None and not story.alive
        if dead or claimed_at < now - STUCK_AFTER:
            count += _settle(number, now, forget=dead)
    for number in marks.left_over():
        _forget_if_over(number)
    if count:
        log.error("messages_perhaps_sent", count=count)
    return count


def _claims() -> list[tuple[UUID | None, datetime]]:
    rows = OutboxMessage.objects.filter(state=OutboxState.SENDING, claimed_at__isnull=False)
    return list(rows.order_by("claimed_at").values_list("claim", "claimed_at").distinct())


def _settle(number: UUID | None, now: datetime, *, forget: bool) -> int:
    with transaction.atomic(durable=True):
        mine = OutboxMessage.objects.filter(state=OutboxState.SENDING, claim=number)
        if number is None:
            mine = mine.filter(claimed_at__lt=now - STUCK_AFTER)
        # What a sender that still lives has under its hands is left alone.
        rows = list(mine.order_by("pk").select_for_update(skip_locked=True, of=("self",)).only("pk", "person_id"))
        # Only now: what was not marked before these rows were ours cannot leave any more.
        unknown = _note(rows, marks.read(number), now)
    if number is not None and forget:
        _forget_if_over(number)
    return unknown


def _note(rows: list[OutboxMessage], story: Story | None, now: datetime) -> int:
    ends: dict[tuple[OutboxState, str], list[OutboxMessage]] = {}
    for row in rows:
        end = AFTER_DEATH[story.marks.get(row.pk) if story is not None else marks.LEAVING]
        ends.setdefault(end, []).append(row)
    for (state, reason), some in ends.items():
        _end(some, state, reason, now)
    return sum(len(some) for (state, _reason), some in ends.items() if state == OutboxState.UNKNOWN)


def _end(rows: list[OutboxMessage], state: OutboxState, reason: str, now: datetime) -> None:
    mine = OutboxMessage.objects.filter(pk__in=[row.pk for row in rows])
    if state == OutboxState.WAITING:
        mine.update(state=state, reason=reason, claim=None, claimed_at=None)
        return
    mine.update(state=state, reason=reason, finished_at=now, secret=b"")
    went = [(row.pk, row.person_id) for row in rows]
    audit.record_each(Action.SEND, OutboxMessage, went, purpose=Purpose.CONTACT)


def _forget_if_over(number: UUID) -> None:
    story = marks.read(number)
    if (story is None or not story.alive) and not OutboxMessage.objects.filter(
        state=OutboxState.SENDING, claim=number
    ).exists():
        marks.forget(number)
