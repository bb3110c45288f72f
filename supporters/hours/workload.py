"""What somebody has before them in a week, and how much may be: for many people in constant queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from psp.models import User
from supporters import calendar
from supporters.hours.rules import Allowance, Caps, Week, lowest, minutes_between, monday, mondays, planned_week
from supporters.models import CareSetting, Limits, Pairing
from supporters.reference import settings

# No clock in the world is further from the program's than this.
FURTHEST = timedelta(days=1)


def allowance_of(care: CareSetting) -> Allowance:
    return Allowance(
        care.preparation_minutes, care.debrief_minutes, care.supervision_minutes, care.supervision_days
    )  # fmt: skip


def planned_weeks(
    accounts: Collection[UUID], first: date, last: date, care: CareSetting | None = None
) -> dict[UUID, dict[date, Week]]:
    """Account → Monday → (sessions led, hours) for every whole week that one of the days lies in.

    Weeks are those of each person's own clock. Hours: sessions with what comes with them, and supervision's share
    for those who are supervised. Four queries, however many people and weeks.
    """
    people, weeks = set(accounts), mondays(first, last)
    clocks = {pk: ZoneInfo(zone) for pk, zone in User.objects.filter(pk__in=people).values_list("pk", "time_zone")}
    allowance = allowance_of(care or settings())
    supervised = set(Pairing.objects.current().filter(user__in=people).values_list("user_id", flat=True))
    lengths = _lengths(people, clocks, weeks)
    return {
        person: {
            week: planned_week(lengths[person, week], allowance, supervised=person in supervised) for week in weeks
        }
        for person in people
    }


def _lengths(
    people: Collection[UUID], clocks: dict[UUID, ZoneInfo], weeks: list[date]
) -> defaultdict[tuple[UUID, date], list[int]]:
    """(account, Monday) → minutes of each session."""
    here = timezone.get_default_timezone()
    begin = datetime.combine(weeks[0], time(0), here) - FURTHEST
    end = datetime.combine(weeks[-1] + timedelta(weeks=1), time(0), here) + FURTHEST
    found: defaultdict[tuple[UUID, date], list[int]] = defaultdict(list)
    for one in calendar.led(people, begin, end):
        day = one.starts_at.astimezone(clocks[one.user]).date()
        found[one.user, monday(day)].append(minutes_between(one.starts_at, one.ends_at))
    return found


def caps(program: CareSetting, own: Limits | None, on: date) -> Caps:
    """The most sessions and hours in a week: the lowest of the program's, their own, and what was agreed for a while
    with whoever supervises them ([NH] rule 32)."""
    if own is None:
        return Caps(program.max_sessions_week, program.max_hours_week)
    agreed = (own.agreed_sessions, own.agreed_hours) if own.agreed_counts(on) else (None, None)
    return Caps(
        lowest(program.max_sessions_week, own.sessions_week, agreed[0]),
        lowest(program.max_hours_week, own.hours_week, agreed[1]),
    )
