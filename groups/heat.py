"""How many people could come to a series of sessions, for each time of the week at which it may begin. Pure.

A time counts for somebody only if they are free on every date of the series, on their own clock
(`groups.pool_times`). People are bits and the week is half hours, so thousands of them take no time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from groups.pool_times import SeriesTime, Span, attends, meets
from intake.week import DAY, GRID, WEEK

HALVES = WEEK // GRID
# Shades of the map. The last is for the best times alone, the first (0) for times with too few people for a group.
SHADES = 5
Week = Iterable[Sequence[int]]


class Somebody(Protocol):
    """Whoever could come: free weekly in `week` on the clock of `zone`, but not while they are `busy`."""

    @property
    def week(self) -> Week: ...
    @property
    def zone(self) -> str: ...
    @property
    def busy(self) -> tuple[Span, ...]: ...


def counts(people: Iterable[Somebody], series: Mapping[int, SeriesTime]) -> dict[int, int]:
    """For each key of `series`, how many of `people` can come to every session."""
    homes: dict[str, list[Somebody]] = defaultdict(list)
    found = dict.fromkeys(series, 0)
    for one in people:
        if not one.busy:
            homes[one.zone].append(one)
            continue
        for key, each in series.items():
            found[key] += attends(one.week, one.zone, each) and not meets(each, one.busy)
    for zone, here in homes.items():
        free = _who_is_free(here)
        for key, each in series.items():
            present = -1
            for half in _needed(each, zone):
                present &= free[half]
            found[key] += present.bit_count()
    return found


def _who_is_free(people: Sequence[Somebody]) -> list[int]:
    """For each half hour of the week, a bit for each of the people who is free in the whole of it."""
    by_span: dict[tuple[int, int], int] = defaultdict(int)
    for at, one in enumerate(people):
        for start, end in one.week:
            by_span[start, end] |= 1 << at
    found = [0] * HALVES
    for (start, end), bits in by_span.items():
        for half in range(-(-start // GRID), end // GRID):
            found[half] |= bits
    return found


@lru_cache(maxsize=8192)
def _needed(series: SeriesTime, zone: str) -> tuple[int, ...]:
    """The half hours of a week there that any of the sessions touches."""
    there, found = ZoneInfo(zone), set()
    for start in series.starts():
        local = start.astimezone(there)
        begins = local.weekday() * DAY + local.hour * 60 + local.minute
        found |= {half % HALVES for half in range(begins // GRID, -(-(begins + series.minutes) // GRID))}
    return tuple(sorted(found))


def shade(count: int, *, enough: int, most: int) -> int:
    """0 where there are too few for a group, SHADES for the best there is, and evenly between."""
    if count < max(1, enough):
        return 0
    if count >= most:
        return SHADES
    return 1 + (count - enough) * (SHADES - 1) // max(1, most - enough)


@dataclass(frozen=True, slots=True)
class Spot:
    """One time of the week in the map: minutes since Monday 00:00 on the map's own clock."""

    minute: int
    people: int
    leads: int
    shade: int


def spots(people: Mapping[int, int], leads: Mapping[int, int], *, enough: int) -> dict[int, Spot]:
    """The map from two counts."""
    most = max(people.values(), default=0)
    return {
        minute: Spot(minute, count, leads.get(minute, 0), shade(count, enough=enough, most=most))
        for minute, count in people.items()
    }


def best(found: Mapping[int, Spot], *, enough: int, leads_needed: int, number: int = 3) -> list[Spot]:
    """The times with most people of those at which a group could be, led times first; earlier in the week first."""
    possible = [spot for spot in found.values() if spot.people >= max(1, enough)]
    ordered = sorted(possible, key=lambda spot: (spot.leads < leads_needed, -spot.people, -spot.leads, spot.minute))
    return ordered[:number]
