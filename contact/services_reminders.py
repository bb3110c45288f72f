"""What a person makes of our reminders, and what a coordinator does about one that did not arrive."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.choices_reminders import Audience
from contact.models import ReminderChoice, ReminderRule
from contact.permissions import can_set_safe_contact
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Kind
from psp.errors import DomainError, require
from psp.models import User


def offered_to(person: User) -> QuerySet[ReminderRule]:
    """The reminders among which this person chooses, the earliest of each kind first."""
    audience = Audience.MEMBER if person.kind == Kind.PARTICIPANT else Audience.LEAD
    rules: QuerySet[ReminderRule] = ReminderRule.objects.filter(active=True, audience=audience)
    return rules.order_by("event", "-hours")


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
