"""What a coordinator does with the call list, and with messages that need a look. Nothing said is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from contact.choices import CallOutcome, CallState, OutboxState
from contact.models import CallTask, OutboxMessage, SafeContact
from contact.permissions import can_work_calls_of
from contact.services import safe_contact_of
from contact.takeover import first_moment
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User

TRY_AGAIN_AFTER = timedelta(hours=3)
ENDS = {
    CallOutcome.REACHED: CallState.REACHED, CallOutcome.LETTER: CallState.LETTER_SENT,
    CallOutcome.WRONG_NUMBER: CallState.WRONG_NUMBER, CallOutcome.NOT_SAFE: CallState.NOT_SAFE,
    CallOutcome.CLOSED: CallState.CLOSED,
}  # fmt: skip
# A number that belongs to somebody else gets no text message either.
UNSAFE_AFTER = {
    CallOutcome.WRONG_NUMBER: ("call_safe", "voicemail_safe", "sms_safe"),
    CallOutcome.NOT_SAFE: ("call_safe", "voicemail_safe"),
}


@transaction.atomic
def note_call(*, task: CallTask, by: User, outcome: str, now: datetime) -> CallTask:
    """Keep how a call ended. Nobody answered: it comes back later, in the person's hours.

    "Wrong number" and "not safe" mark the number as not safe at once. DomainError `call_done` where somebody else
    was quicker.
    """
    held: CallTask = CallTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    require(can_work_calls_of(by, held.person), "work_calls")
    if held.state != CallState.OPEN:
        raise DomainError(_("Somebody has dealt with this already."), code="call_done")
    held.attempts += 1
    if outcome == CallOutcome.NO_ANSWER:
        held.not_before = first_moment(safe_contact_of(held.person), now + TRY_AGAIN_AFTER)
    else:
        _end(held, CallOutcome(outcome), by, now)
    held.save()
    audit.record(Action.CHANGE, held, person=held.person_id, purpose=Purpose.CONTACT, fields=("state",))
    return held


def _end(task: CallTask, outcome: CallOutcome, by: User, now: datetime) -> None:
    task.state, task.finished_at, task.finished_by = ENDS[outcome], now, by
    if outcome in UNSAFE_AFTER:
        _mark_unsafe(task.person, UNSAFE_AFTER[outcome])
    if task.message.state == OutboxState.FAILED:
        mark_dealt_with(message=task.message, by=by, now=now)


def _mark_unsafe(person: User, names: tuple[str, ...]) -> None:
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    choices = SafeContact.objects.filter(person=person).first()
    changed = [name for name in names if choices is not None and getattr(choices, name)]
    if choices is None or not changed:
        return
    for name in changed:
        setattr(choices, name, False)
    choices.save()
    audit.record(Action.CHANGE, choices, person=person.pk, purpose=Purpose.CONTACT, fields=changed)


@transaction.atomic
def mark_dealt_with(*, message: OutboxMessage, by: User, now: datetime) -> None:
    """Take a message that failed, or may have, off the desk's list: somebody saw to it. Twice is once."""
    held: OutboxMessage = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    require(can_work_calls_of(by, held.person), "deal_with_message")
    if held.state not in {OutboxState.FAILED, OutboxState.UNKNOWN}:
        raise DomainError(_("This message does not need a look."), code="not_troubled")
    if held.dealt_with_at is not None:
        return
    held.dealt_with_at, held.dealt_with_by = now, by
    held.save(update_fields=["dealt_with_at", "dealt_with_by"])
    audit.record(Action.CHANGE, held, person=held.person_id, purpose=Purpose.CONTACT, fields=("dealt_with_at",))
