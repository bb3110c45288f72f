"""What a person makes of our reminders, and what a coordinator does about one that did not arrive."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.choices import CallState, OutboxState
from contact.choices_reminders import Audience, ReminderEvent
from contact.models import CallTask, OutboxMessage, ReminderChoice, ReminderRule
from contact.permissions import can_set_safe_contact
from contact.reminders_desk import may_retry, may_tell, shown_to
from contact.services import safe_contact_of, send_soon
from contact.takeover import first_moment, overtake
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Kind
from psp.errors import DomainError, require
from psp.models import User

# Why there is a call: a coordinator asked for it.
ASKED = "asked_by_team"


def offered_to(person: User) -> QuerySet[ReminderRule]:
    """The reminders among which this person chooses, the earliest of each kind first."""
    audience = Audience.MEMBER if person.kind == Kind.PARTICIPANT else Audience.LEAD
    rules: QuerySet[ReminderRule] = ReminderRule.objects.filter(active=True, audience=audience)
    in_order = Case(*(When(event=event, then=place) for place, event in enumerate(ReminderEvent)))
    return rules.order_by(in_order, "-hours")


def none_at_all(person: User) -> bool:
    return ReminderChoice.objects.filter(person=person, rule__isnull=True, wanted=False).exists()


def wanted_by(person: User) -> set[int]:
    """The reminders that go to this person: as they chose, and as usual where they did not. `none_at_all` aside."""
    said = dict(ReminderChoice.objects.filter(person=person).values_list("rule", "wanted"))
    return {rule.pk for rule in offered_to(person) if said.get(rule.pk, rule.usual)}


@transaction.atomic
def set_reminders(*, person: User, by: User, wanted: Collection[int], none: bool) -> None:
    """Keep which reminders go to this person, from now on. What they chose stands behind `none`, for when they end it.

    DomainError `unknown_reminder` for one that is not offered to them.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    require(can_set_safe_contact(by, person), "set_reminders")
    rules = list(offered_to(person))
    if not set(wanted) <= {rule.pk for rule in rules}:
        raise DomainError(_("Choose among the reminders on this page."), code="unknown_reminder")
    before = {row.rule_id: row for row in ReminderChoice.objects.filter(person=person)}
    changed = [_keep(person, rule, rule.pk in wanted, before.get(rule.pk)) for rule in rules]
    if none or None in before:
        changed.append(_keep(person, None, not none, before.get(None)))
    for row in filter(None, changed):
        audit.record(Action.CHANGE, row, person=person.pk, purpose=Purpose.CONTACT, fields=("wanted",))


def _keep(person: User, rule: ReminderRule | None, wanted: bool, row: ReminderChoice | None) -> ReminderChoice | None:
    """The row that changed, if one did."""
    if row is not None and row.wanted == wanted:
        return None
    row = row or ReminderChoice(person=person, rule=rule)
    row.wanted, row.said_at = wanted, timezone.now()
    row.save()
    return row


# --- On the desk ----------------------------------------------------------------------------------


@transaction.atomic
def retry_reminder(*, message: OutboxMessage, by: User, now: datetime) -> OutboxMessage:
    """Have a reminder tried again that certainly did not leave. Its call comes back if it does not leave again.

    DomainError `not_to_retry`: sent, perhaps sent, too late, or told already; never again then.
    """
    held = _held(message, by)
    if not may_retry(held, now):
        raise DomainError(
            _("This reminder cannot be sent again: it left, may have left, or is of no use any more."),
            code="not_to_retry",
        )  # fmt: skip
    held.state, held.reason, held.attempts, held.due_at = OutboxState.WAITING, "", 0, now
    held.finished_at = held.claimed_at = held.claim = None
    held.save(update_fields=["state", "reason", "attempts", "due_at", "finished_at", "claimed_at", "claim"])
    for call in CallTask.objects.select_for_update(of=("self",)).filter(message=held, state=CallState.OPEN):
        overtake(call)
    audit.record(Action.CHANGE, held, person=held.person_id, purpose=Purpose.CONTACT, fields=("state",))
    send_soon(held.pk)
    return held


@transaction.atomic
def tell_by_phone(*, message: OutboxMessage, by: User, now: datetime) -> CallTask:
    """Put a reminder on the call list, because somebody wants to be sure. Twice is once.

    DomainError `not_to_tell`: nothing to be told any more, or nobody who could be called from there.
    """
    held = _held(message, by)
    choices = safe_contact_of(held.person)
    if not may_tell(held, now) or choices.do_not_contact:
        raise DomainError(
            _("Nobody has to be told of this any more, or the person asked not to be contacted."), code="not_to_tell"
        )
    task, new = CallTask.objects.get_or_create(
        message=held,
        defaults={"person": held.person, "reason": ASKED, "not_before": first_moment(choices, now),
                  "useful_until": held.useful_until},
    )  # fmt: skip
    if new:
        audit.record(Action.CREATE, task, person=held.person_id, purpose=Purpose.CONTACT)
    return task


def _held(message: OutboxMessage, by: User) -> OutboxMessage:
    require(shown_to(by).filter(pk=message.pk).exists(), "see_to_reminder")
    held: OutboxMessage = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    return held
