"""When sessions take place, and under which keys people are reminded of them.

A session is set by the clock on the wall: seven in the evening stays seven in the evening when the clocks
change. Instants are kept in UTC. All datetimes that come in must be aware; ValueError otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Ten years of weekly dates: a skip rule that leaves no day free is a mistake, not a long series.
MOST_DATES_TRIED = 520


@dataclass(frozen=True, slots=True)
class SessionTime:
    """One session: its number from 1, its instants in UTC, its start as the clock shows it there."""

    number: int
    start_utc: datetime
    end_utc: datetime
    local: datetime


def to_utc(day: date, wall: time, tz: str) -> datetime:
    """The instant at which the clock in `tz` shows `wall` on `day`.

    A time that the spring change leaves out moves later by what was left out (02:30 becomes 03:30); of a time
    that the autumn change shows twice, the first is meant. Both are what calendars do (RFC 5545).
    """
    return datetime.combine(day, wall.replace(tzinfo=None, fold=0), ZoneInfo(tz)).astimezone(UTC)


def first_day(start: date, weekday: int | None) -> date:
    """The first `weekday` (Monday is 0) on or after `start`; `start` itself for None."""
    if weekday is None:
        return start
    if not 0 <= weekday <= 6:
        raise ValueError("weekday must be 0 (Monday) to 6 (Sunday)")
    return start + timedelta(days=(weekday - start.weekday()) % 7)


def _free_days(first: date, weeks_apart: int, skip: Collection[date] | Callable[[date], bool]) -> Iterator[date]:
    for step in range(MOST_DATES_TRIED):
        day = first + timedelta(weeks=weeks_apart * step)
        if not (skip(day) if callable(skip) else day in skip):
            yield day


def series(
    *,
    start_date: date,
    start_time: time,
    tz: str,
    count: int,
    minutes: int,
    weekday: int | None = None,
    weeks_apart: int = 1,
    skip: Collection[date] | Callable[[date], bool] = (),
) -> list[SessionTime]:
    """`count` sessions of `minutes`, every `weeks_apart` weeks at `start_time` on the wall in `tz`.

    A skipped day (holiday, closure) is left out and the series runs on in the same rhythm: it ends later, it
    never has fewer sessions. A length is elapsed time, also over a change of clocks.
    """
    if min(count, minutes, weeks_apart) < 1:
        raise ValueError("count, minutes and weeks_apart must be at least 1")
    days = _free_days(first_day(start_date, weekday), weeks_apart, skip)
    starts = [to_utc(day, start_time, tz) for day, _ in zip(days, range(count), strict=False)]
    if len(starts) < count:
        raise ValueError("the days to skip leave too few days for this series")
    zone, length = ZoneInfo(tz), timedelta(minutes=minutes)
    return [
        SessionTime(number, start, start + length, start.astimezone(zone))
        for number, start in enumerate(starts, start=1)
    ]


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment


def useful_until(start_utc: datetime) -> datetime:
    """After this moment a reminder of the session helps nobody and must not be sent: its start."""
    return _aware(start_utc)
