"""How much somebody carries, and how hours are counted for pay. Pure: numbers and moments in, numbers out.

A week begins on Monday. Minutes are real ones: a night in which the clocks change is as long as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60


class Week(NamedTuple):
    """What one week holds. `hours` are whole ones, begun ones counted: 15 h 10 is over a limit of 15."""

    sessions: int
    hours: int


class Caps(NamedTuple):
    """The most that somebody leads and works in a week."""

    sessions: int
    hours: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """Minutes that come with each session, and those of one supervision meeting every so many days."""

    preparation: int
    debrief: int
    supervision: int
    supervision_days: int


@dataclass(frozen=True, slots=True)
class Period:
    """Days that are paid together, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


# --- Limits ---


def lowest(program: int, *others: int | None) -> int:
    """The lowest limit that is said; None says nothing ([NH] rule 32)."""
    return min([program, *(one for one in others if one is not None)])


def only_lower(program: int, own: int | None) -> bool:
    """Whether this may be somebody's own limit: less than the program's, or as much."""
    return own is None or 0 <= own <= program


# --- Weeks ---


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def mondays(first: date, last: date) -> list[date]:
    """Of every week that one of the days from `first` to `last` lies in."""
    start = monday(first)
    return [start + timedelta(weeks=number) for number in range((monday(last) - start).days // 7 + 1)]


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole real minutes, as a watch counts them, whatever the clocks on the wall do."""
    return int((end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() // 60)


def planned_week(lengths: Iterable[int], allowance: Allowance, *, supervised: bool) -> Week:
    """A week with sessions of so many minutes each, what comes with each, and its share of supervision."""
    sessions = list(lengths)
    each = allowance.preparation + allowance.debrief
    # In sevenths of a meeting's rhythm, so that nothing is lost to rounding before the end.
    share = allowance.supervision * 7 if supervised else 0
    total = (sum(sessions) + each * len(sessions)) * allowance.supervision_days + share
    return Week(len(sessions), -(-total // (60 * allowance.supervision_days)))


# --- Days ---


def day_minutes(day: date, zone: ZoneInfo) -> int:
    """How long a day is there: 1440 minutes, an hour less or more when the clocks change."""
    return minutes_between(at(day, time(0), zone), at(day + timedelta(days=1), time(0), zone))


def at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment at which a clock there shows this; the first one where it shows it twice."""
    return datetime.combine(day, clock, zone)


def shown(day: date, clock: time, zone: ZoneInfo) -> bool:
    """Whether a clock there shows this time on that day at all: an hour in spring is left out."""
    moment = at(day, clock, zone)
    back = moment.astimezone(UTC).astimezone(zone)
    return (back.date(), back.time()) == (day, clock)


def span(day: date, begin: time, end: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From one time to another; an end that is not after the begin is on the day after."""
    ends_on = day if end > begin else day + timedelta(days=1)
    return at(day, begin, zone).astimezone(UTC), at(ends_on, end, zone).astimezone(UTC)


# --- Pay periods ---


def period_of(day: date, anchor: date, days: int) -> Period:
    """The period of `days` days that `day` lies in, counted from any period's first day, before it too."""
    first = anchor + timedelta(days=(day - anchor).days // days * days)
    return Period(first, first + timedelta(days=days - 1))


def next_to_pay(last_paid: date | None, first_worked: date, anchor: date, days: int) -> Period:
    """What is exported next: without a gap after what was, however the length of periods was changed meanwhile."""
    if last_paid is None:
        return period_of(first_worked, anchor, days)
    first = last_paid + timedelta(days=1)
    return Period(first, period_of(first, anchor, days).last)


# --- Totals ---


def totals(lines: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Minutes by kind of (kind, minutes), in the order in which kinds come; kinds that come to nothing stay."""
    found: dict[str, int] = {}
    for kind, minutes in lines:
        found[kind] = found.get(kind, 0) + minutes
    return found


def decimal_hours(minutes: int) -> str:
    """Hours with two decimals, halves away from zero: 90 → "1.50", −20 → "-0.33"."""
    hundredths = (abs(minutes) * 100 + 30) // 60
    return f"{'-' if minutes < 0 and hundredths else ''}{hundredths // 100}.{hundredths % 100:02}"
