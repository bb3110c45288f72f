"""Each morning: who leads soon and, as things are, may not. Support comes first; nobody is removed by it.

The supervisor sees it at once. Coordinators see it once the supervisor had some days (`CareSetting`), or when the
session is near (`supporters.may_lead.querysets.NEAR`). It is settled by the morning that finds nothing missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.retention_floor import keep_holds_still, standing_holds
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict
from psp.models import User
from supporters import calendar
from supporters.choices import ConcernState
from supporters.hours.rules import monday
from supporters.may_lead.leading import source
from supporters.may_lead.standing import AHEAD, Known, read, standing
from supporters.models import LeadConcern
from supporters.rules import Lacks, Lived, Missing, may_lead

# Who must not meet whom is seen to by coordinators of the region, and known to nobody else ([NH] rules 24 and 34).
# A pause is nobody's business and goes with the night after its end; a row that is kept for months would remember it.
# Sessions of somebody who paused have a task of their own, which does not say why ([NH] rule 32).
NOT_HERE = frozenset({Lacks.APART, Lacks.FORMER_COHORT, Lacks.PAUSED})


@dataclass(frozen=True, slots=True)
class Concern:
    """`first_day`: the first day on which they lead and may not; `missing`: each piece as it is first missing, in
    the order of `Lacks`."""

    first_day: date
    missing: tuple[Missing, ...]

    @property
    def lacks(self) -> list[str]:
        return list(dict.fromkeys(str(one.lacks) for one in self.missing))


def concerns(today: date, accounts: Collection[UUID] | None = None) -> dict[UUID, Concern]:
    """Of these accounts, or of all, those who lead in the next 14 days and may not on one of those days.

    The same few queries for any number.
    """
    leads: dict[UUID, bool] = {}
    for account, _group, staff in source().led(accounts):
        leads[account] = leads.get(account, True) and staff
    days = _days_led(list(leads), today)
    known = read(list(days), today)
    found = {one: _concern(known, one, Lived.NO if leads[one] else Lived.YES, led) for one, led in days.items()}
    return {one: concern for one, concern in found.items() if concern is not None}


def _days_led(accounts: Sequence[UUID], today: date) -> dict[UUID, list[date]]:
    first = timezone.make_aware(datetime.combine(today, time()))
    found: dict[UUID, set[date]] = defaultdict(set)
    for one in calendar.led(accounts, first, first + AHEAD):
        found[one.user].add(timezone.localdate(one.starts_at))
    return {account: sorted(days) for account, days in found.items()}


def _concern(known: Known, user: UUID, lived: Lived, days: Sequence[date]) -> Concern | None:
    """Each day by what is led in its own week."""
    stands = {week: standing(known, user, lived, week=week) for week in {monday(day) for day in days}}
    first: dict[tuple[Lacks, str], Missing] = {}
    noes = []
    for day in days:
        found = [one for one in may_lead(stands[monday(day)], day) if one.lacks not in NOT_HERE]
        noes += [day] if found else []
        for one in found:
            first.setdefault((one.lacks, one.what), one)
    order = list(Lacks)
    return Concern(noes[0], tuple(sorted(first.values(), key=lambda one: order.index(one.lacks)))) if noes else None


def check_morning(now: datetime) -> None:
    """Note what changed since yesterday. Safe to run any number of times, and to break off anywhere."""
    found = concerns(timezone.localdate(now))
    noted = {row.user_id: row for row in LeadConcern.objects.standing()}
    for account in sorted(found.keys() | noted.keys()):
        concern, row = found.get(account), noted.get(account)
        if row is None and concern is not None:
            _begin(account, concern, now)
        elif row is not None and concern is None:
            _settle(row, now)
        elif (
            row is not None and concern is not None and (row.first_day, row.lacks) != (concern.first_day, concern.lacks)
        ):
            _bring_up_to_date(row, concern)


@transaction.atomic
def _begin(account: UUID, concern: Concern, now: datetime) -> None:
    values = {"first_day": concern.first_day, "lacks": concern.lacks, "found_at": now}
    row, made = LeadConcern.objects.get_or_create(user_id=account, settled_at=None, defaults=values)
    if made:
        audit.record(Action.CREATE, row, person=account, purpose=Purpose.CARE)


@transaction.atomic
def _settle(row: LeadConcern, now: datetime) -> None:
    moved = LeadConcern.objects.standing().filter(pk=row.pk).update(state=ConcernState.SETTLED, settled_at=now)
    if moved:
        audit.record(Action.CHANGE, row, person=row.user_id, purpose=Purpose.CARE, fields=("state",))


def _bring_up_to_date(row: LeadConcern, concern: Concern) -> None:
    """The days that pass are not worth a line in anybody's log."""
    rows = LeadConcern.objects.standing().filter(pk=row.pk)
    rows.update(first_day=concern.first_day, lacks=concern.lacks)


@transaction.atomic
def take_concern(*, concern: LeadConcern | UUID, by: User) -> LeadConcern:
    """Say that one supports this person now; another supervisor may take it over. Conflict `settled`.

    Does not exist for whoever may not see it.
    """
    key = concern if isinstance(concern, UUID) else concern.pk
    row: LeadConcern = LeadConcern.objects.visible_to(by).select_for_update(of=("self",)).get(pk=key)
    if row.settled_at is not None:
        raise Conflict(_("This is settled already. Nothing is to be done any more."), code="settled")
    row.state, row.taken_by, row.taken_at = ConcernState.TAKEN, by, timezone.now()
    row.save(update_fields=["state", "taken_by", "taken_at"])
    audit.record(Action.CHANGE, row, person=row.user_id, purpose=Purpose.CARE, fields=("state",))
    return row


@transaction.atomic
def forget(now: datetime) -> int:
    """What was settled a while ago is removed: long enough to answer somebody who asks; nobody is measured by it.

    Returns how many. What a hold protects stays.
    """
    keep_holds_still()
    old = LeadConcern.objects.filter(settled_at__lt=now - timedelta(days=settings.PSP_DEBRIEF_DAYS))
    removed, _each = old.exclude(user__in=standing_holds()).delete()
    return removed
