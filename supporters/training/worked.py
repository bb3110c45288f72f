"""Sessions of the training that somebody was at, or gave, as hours that can be taken (`supporters.hours.proposing`).

The program asks for the training, so its hours are worked ([NH] rule 31). What somebody learned another way has no
length that is known here: they note it themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from psp.models import User
from supporters.hours import proposing
from supporters.hours.choices import HoursKind
from supporters.hours.rules import Period, minutes_between
from supporters.models import CohortAttendance, CohortLead, CohortSession
from supporters.training.choices import Attended, CohortState


def worked(user: User, period: Period) -> Iterable[proposing.Proposal]:
    """What is over, was not cancelled, and where they were noted as there, or which they gave. One query."""
    zone = ZoneInfo(user.time_zone)
    first = datetime.combine(period.first, time(0), zone)
    last = datetime.combine(period.last + timedelta(days=1), time(0), zone)
    there = CohortAttendance.objects.filter(session=OuterRef("pk"), user=user, status=Attended.PRESENT)
    gave = CohortLead.objects.filter(cohort=OuterRef("cohort"), user=user)
    rows = CohortSession.objects.filter(
        Exists(there) | (Exists(gave) & ~Q(cohort__state=CohortState.CANCELLED)),
        cancelled=False, starts_at__gte=first, starts_at__lt=last, ends_at__lte=timezone.now(),
    )  # fmt: skip
    for one in rows:
        length = minutes_between(one.starts_at, one.ends_at)
        ends = one.starts_at + timedelta(minutes=length)
        day = one.starts_at.astimezone(zone).date()
        yield proposing.Proposal(HoursKind.TRAINING, day, length, one.pk, one.starts_at, ends)


def register() -> None:
    proposing.add_source(worked)
