"""Which times can be booked. Pure: published hours, days off, what is taken and the present moment in, free slots out.

Hours are published on the coordinator's own wall clock. Where the clock changes, a slot is offered only if its
whole time lies within the published hours as that clock shows them: nobody is asked to come at an hour that the
coordinator did not mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

Key = TypeVar("Key")
Times = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Weekly:
    """Hours that come back every week (Monday is 0), from `begins` to `ends`, both included; None: without end."""

    weekday: int
    start: time
    end: time
    begins: date
    ends: date | None = None

    def on(self, day: date) -> bool:
        return day.weekday() == self.weekday and self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Once:
    """Hours of one day: away, or there on top of the week. No `hours`: the whole day."""

    day: date
    hours: Times | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """`zone` is the coordinator's; nothing is offered within `notice` of now nor beyond `horizon_days`."""

    zone: str
    minutes: int
    buffer: int = 0
    notice: timedelta = timedelta(0)
    horizon_days: int = 28


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time to meet, both ends in UTC."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: Slot) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Published:
    """Everything that one coordinator published. Extra hours hold on holidays too: they were named on purpose."""

    terms: Terms
    weekly: tuple[Weekly, ...] = ()
    away: tuple[Once, ...] = ()
    extra: tuple[Once, ...] = ()
    holidays: frozenset[date] = frozenset()


def free_slots(published: Published, taken: Iterable[Slot], now: datetime) -> list[Slot]:
    """Free slots in order. `taken` times end when the coordinator is free again, buffer included."""
    terms, busy = published.terms, sorted(taken)
    today = now.astimezone(ZoneInfo(terms.zone)).date()
    found = []
    for number in range(terms.horizon_days + 1):
        day = today + timedelta(days=number)
        for start, end in hours_on(published, day):
            found += _slots_between(latest(day, start, terms.zone), earliest(day, end, terms.zone), terms)
    first = now + terms.notice
    return [slot for slot in found if slot.starts_at >= first and _is_free(slot, busy, terms)]


def hours_on(published: Published, day: date) -> list[Times]:
    """The hours of this day on the wall clock: merged, in order, without those away."""
    weekly = () if day in published.holidays else published.weekly
    open_hours = [(one.start, one.end) for one in weekly if one.on(day)]
    open_hours += [one.hours for one in published.extra if one.day == day and one.hours]
    merged = _merge(open_hours)
    for one in published.away:
        if one.day == day:
            merged = _without(merged, one.hours) if one.hours else []
    return merged


def _merge(spans: Iterable[Times]) -> list[Times]:
    merged: list[Times] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(spans: Sequence[Times], gap: Times) -> list[Times]:
    left = [(start, min(end, gap[0])) for start, end in spans]
    right = [(max(start, gap[1]), end) for start, end in spans]
    return sorted((start, end) for start, end in left + right if start < end)


def latest(day: date, at: time, zone: str) -> datetime:
    """The last moment that this wall clock can mean: an hour that comes twice is its second, a skipped one is later."""
    return max(_meanings(day, at, zone))


def earliest(day: date, at: time, zone: str) -> datetime:
    """The first moment that this wall clock can mean."""
    return min(_meanings(day, at, zone))


def _meanings(day: date, at: time, zone: str) -> list[datetime]:
    wall = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    return [wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]


def _slots_between(start: datetime, end: datetime, terms: Terms) -> list[Slot]:
    length, step = timedelta(minutes=terms.minutes), timedelta(minutes=terms.minutes + terms.buffer)
    found = []
    while start + length <= end:
        found.append(Slot(start, start + length))
        start += step
    return found


def _is_free(slot: Slot, busy: Sequence[Slot], terms: Terms) -> bool:
    held = Slot(slot.starts_at, slot.ends_at + timedelta(minutes=terms.buffer))
    return not any(held.meets(one) for one in busy)


def in_turn(free: Mapping[Key, Collection[datetime]], load: Mapping[Key, int], at: datetime) -> list[Key]:
    """Who could take this time, whoever has the fewest meetings ahead first; equals in the order given."""
    return sorted((key for key, starts in free.items() if at in starts), key=lambda key: load.get(key, 0))
