"""Whether people's weeks fit a series of sessions, on everybody's own clock and on each of its dates. Pure.

A week is on the wall clock where the person lives (`intake.week`); a series is on the wall clock of the group. The
two move apart when one place changes its clocks and the other does not, or not on the same day: so a slot fits only
if it fits on every date, and what is compared is the instant, never the hour on two walls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from groups.formation_input import Slot
from intake.week import WEEK, Interval, merged

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class SeriesTime:
    """A weekly time on the wall in `zone`: the first date, the time of day, the number of sessions and their length."""

    first: date
    at: time
    zone: str
    count: int
    minutes: int
    weeks_apart: int = 1

    def starts(self) -> list[datetime]:
        """The instants (UTC) at which the sessions begin. Days that will be left out later end the series later:
        the same wall clock again, so that nothing is compared that does not take place at these hours."""
        zone = ZoneInfo(self.zone)
        days = [self.first + timedelta(weeks=self.weeks_apart * number) for number in range(self.count)]
        return [datetime.combine(day, self.at.replace(tzinfo=None), zone).astimezone(UTC) for day in days]

    def spans(self) -> list[Span]:
        """Each session from its beginning to its end."""
        return list(_spans(self))

    def slot(self) -> Slot:
        """The first session in minutes since Monday 00:00 UTC, as the contract "Group formation" has it."""
        return _slot(self)


@lru_cache(maxsize=4096)
def _slot(series: SeriesTime) -> Slot:
    start = _minute_of_week(series.starts()[0])
    return start, start + series.minutes


@lru_cache(maxsize=4096)
def _spans(series: SeriesTime) -> tuple[Span, ...]:
    length = timedelta(minutes=series.minutes)
    return tuple((start, start + length) for start in series.starts())


def _minute_of_week(moment: datetime) -> int:
    return moment.weekday() * 24 * 60 + moment.hour * 60 + moment.minute


def attends(week: Iterable[Sequence[int]], zone: str, series: SeriesTime) -> bool:
    """Whether somebody whose free time is `week`, in their `zone`, can come to every session from start to end."""
    free = merged(week)
    return all(_is_free(free, begins, series.minutes) for begins in _begins(series, zone))


def attends_all(week: Iterable[Sequence[int]], zone: str, starts: Iterable[datetime], minutes: int) -> bool:
    """The same for sessions of which every beginning is known."""
    free, there = merged(week), ZoneInfo(zone)
    return all(_is_free(free, _minute_of_week(start.astimezone(there)), minutes) for start in starts)


@lru_cache(maxsize=4096)
def _begins(series: SeriesTime, zone: str) -> tuple[int, ...]:
    """The minutes of the week at which the sessions begin on the clock there: one, or two where clocks change."""
    there = ZoneInfo(zone)
    return tuple(sorted({_minute_of_week(start.astimezone(there)) for start in series.starts()}))


def _is_free(free: list[Interval], begins: int, minutes: int) -> bool:
    """From start to end on the clock there; a session over midnight on Sunday goes on on Monday."""
    ends = begins + minutes
    if ends <= WEEK:
        return _covered(free, begins, ends)
    return _covered(free, begins, WEEK) and _covered(free, 0, ends - WEEK)


def _covered(free: list[Interval], begins: int, ends: int) -> bool:
    return any(start <= begins and ends <= end for start, end in free)


def fitting(week: Iterable[Sequence[int]], zone: str, times: Iterable[SeriesTime]) -> tuple[Slot, ...]:
    """The slots of the series that somebody can come to throughout: their availability in the contract's sense."""
    whole = merged(week)
    return tuple(series.slot() for series in times if attends(whole, zone, series)) if whole else ()


def meets(series: SeriesTime, busy: Iterable[Span]) -> bool:
    """Whether any session of the series falls into one of these times."""
    taken = sorted(busy)
    return bool(taken) and any(start < ends and begins < end for start, end in _spans(series) for begins, ends in taken)
