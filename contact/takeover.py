"""A message that no program may or could send becomes a task for a coordinator, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from contact.choices import CallState, OutboxState
from contact.choosing import standing_choice
from contact.models import CallTask, OutboxMessage, SafeContact
from contact.registry import must_reach
from contact.rules import Refusal, next_allowed

# Bytes of it are out there. A report may say later that it did not arrive: its reason then (`contact.came_back`).
LEFT = frozenset({OutboxState.SENT, OutboxState.UNKNOWN})
CAME_BACK = "came_back"
# Whoever looks on the site themselves is left in peace; the others should hear of it from somebody.
NOBODY_TOLD = frozenset({Refusal.CHANNEL_NOT_SAFE, Refusal.NO_CONSENT, Refusal.RECHECK_PASSED})


def take_over(message: OutboxMessage, choices: SafeContact, now: datetime) -> None:
    """Put a message that has just ended on the call list, where somebody has to tell the person instead.

    A code that the person asked for is theirs to ask for again; only participants have a coordinator.
    """
    if message.asked_for or not _needs_somebody(message) or not hasattr(message.person, "participant"):
        return
    task, new = CallTask.objects.get_or_create(
        message=message,
        defaults={
            "person_id": message.person_id, "reason": message.reason, "not_before": first_moment(choices, now),
            "useful_until": _useful_until(message),
        },
    )  # fmt: skip
    if not new and task.state == CallState.OVERTAKEN:  # another try did not help either
        task.state, task.finished_at, task.not_before = CallState.OPEN, None, first_moment(choices, now)
        task.save()


def _needs_somebody(message: OutboxMessage) -> bool:
    if message.state == OutboxState.WITHHELD:
        return message.reason in NOBODY_TOLD
    if message.state == OutboxState.EXPIRED:
        return must_reach(message)
    if message.state in LEFT:
        return message.reason == CAME_BACK
    return message.state in {OutboxState.TO_CALL, OutboxState.FAILED}


def _useful_until(message: OutboxMessage) -> datetime | None:
    """What nobody could be told in time is to be told afterwards, in the first hour that is safe."""
    over = message.state == OutboxState.EXPIRED
    return message.useful_until if "at" in message.context and not over else None


def first_moment(choices: SafeContact, now: datetime) -> datetime:
    """When calling is safe by the person's hours, at the earliest; `now` where no hour is."""
    return next_allowed(standing_choice(choices), now, choices.person.time_zone) or now


def close_overtaken(*, key_prefix: str = "", person_id: UUID | None = None) -> None:
    """What need not be told any more, because its message was taken back."""
    tasks = CallTask.objects.filter(state=CallState.OPEN)
    if key_prefix:
        tasks = tasks.filter(message__key__startswith=key_prefix)
    if person_id is not None:
        tasks = tasks.filter(person_id=person_id)
    for task in tasks:
        overtake(task)


def overtake(task: CallTask) -> None:
    """It need not be told any more."""
    task.state, task.finished_at = CallState.OVERTAKEN, timezone.now()
    task.save()
