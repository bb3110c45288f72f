"""Learning is work: a session of a cohort at which somebody was is proposed among their hours ([NH] rule 31)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from psp.models import User
from supporters.hours.choices import HoursKind
from supporters.hours.proposing import Proposal, add_source
from supporters.hours.rules import Period, minutes_between
from supporters.models import CohortAttendance
from supporters.training.choices import Attended


def learned(user: User, period: Period) -> Iterable[Proposal]:
    """By the person's own calendar. One query."""
    zone = ZoneInfo(user.time_zone)
    first = datetime.combine(period.first, time(0), zone)
    last = datetime.combine(period.last + timedelta(days=1), time(0), zone)
    rows = CohortAttendance.objects.filter(
        user=user, status=Attended.PRESENT, session__cancelled=False, session__starts_at__gte=first,
        session__starts_at__lt=last,
    )  # fmt: skip
    for pk, starts, ends in rows.values_list("session", "session__starts_at", "session__ends_at"):
        length, day = minutes_between(starts, ends), starts.astimezone(zone).date()
        yield Proposal(HoursKind.TRAINING, day, length, pk, starts, starts + timedelta(minutes=length))


def register() -> None:
    add_source(learned)
