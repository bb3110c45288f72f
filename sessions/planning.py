"""A series before it is saved: which days it meets, which it leaves out and why, where the clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from groups.models import PeerGroup
from sessions.closed_days import ClosedDays
from sessions.rules import MOST_DATES_TRIED, SessionTime, to_utc


class DayKind(StrEnum):
    MEETS = "meets"
    KEPT = "kept"
    CLOSED = "closed"
    SKIPPED = "skipped"


MEETING = frozenset({DayKind.MEETS, DayKind.KEPT})


@dataclass(frozen=True, slots=True)
class Plan:
    """How a series runs, on the wall clock of its group. `keep`: closed days on which it meets on purpose; `skip`:
    days that somebody leaves out by hand."""

    starts_on: date
    start_time: time
    weeks_apart: int
    count: int
    keep: frozenset[date] = frozenset()
    skip: frozenset[date] = frozenset()

    @classmethod
    def of(cls, group: PeerGroup) -> Plan:
        return cls(group.starts_on, group.start_time, group.weeks_apart, group.session_count)


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """One day of the rhythm. `why`: the name of the holiday or closure. `clock_change`: since the date before, the
    clocks there have changed (minutes; the time on the wall is the same)."""

    day: date
    kind: DayKind
    time: SessionTime
    why: str = ""
    clock_change: int = 0

    @property
    def meets(self) -> bool:
        return self.kind in MEETING


def lay_out(plan: Plan, *, tz: str, minutes: int, closed: ClosedDays) -> list[PlannedDay]:
    """Every day of the rhythm up to the last session. ValueError where too few days are left for the series."""
    days: list[PlannedDay] = []
    met = 0
    for day in _rhythm(plan):
        if met == plan.count:
            return days
        kind, why = _kind(plan, day, closed)
        met += kind in MEETING
        slot = _slot(met, day, plan.start_time, tz, minutes)
        days.append(PlannedDay(day, kind, slot, why, _change(days, slot)))
    if met < plan.count:
        raise ValueError("the days to skip leave too few days for this series")
    return days


def _rhythm(plan: Plan) -> Iterator[date]:
    for step in range(MOST_DATES_TRIED):
        yield plan.starts_on + timedelta(weeks=plan.weeks_apart * step)


def _kind(plan: Plan, day: date, closed: ClosedDays) -> tuple[DayKind, str]:
    why = closed.name(day)
    if day in plan.skip:
        return DayKind.SKIPPED, why
    if not why:
        return DayKind.MEETS, ""
    return (DayKind.KEPT if day in plan.keep else DayKind.CLOSED), why


def _slot(number: int, day: date, wall: time, tz: str, minutes: int) -> SessionTime:
    start = to_utc(day, wall, tz)
    return SessionTime(number, start, start + timedelta(minutes=minutes), start.astimezone(ZoneInfo(tz)))


def _change(before: list[PlannedDay], slot: SessionTime) -> int:
    return offset_minutes(slot.local) - offset_minutes(before[-1].time.local) if before else 0


def offset_minutes(local: datetime) -> int:
    offset = local.utcoffset()
    assert offset is not None
    return round(offset.total_seconds() / 60)
