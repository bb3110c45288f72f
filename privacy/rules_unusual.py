"""What looks unusual in a day's access log of one account. Pure: it accuses nobody, it asks somebody to look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Pattern(StrEnum):
    MANY_FILES = "many_files"
    REFUSED = "refused"
    OUTSIDE_HOURS = "outside_hours"
    OTHER_REGION = "other_region"
    SAME_NAME = "same_name"
    BREAK_GLASS = "break_glass"


@dataclass(frozen=True, slots=True)
class Look:
    """One person's record opened, or refused. `at`: on the clock of whoever looked. `region`: of the file, "" if none.

    `listed`: among others in a list, which is not opening a file. `glass`: allowed by an opening from elsewhere.
    """

    at: datetime
    person: UUID | None
    refused: bool = False
    listed: bool = False
    glass: bool = False
    region: str = ""
    same_name: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many on a pattern is worth a look: `files` within `minutes`, `refusals`, `outside`, `glass` a day.

    Working hours are from `starts` to `ends` o'clock, Monday to Friday.
    """

    files: int
    minutes: int
    refusals: int
    outside: int
    glass: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Found:
    """`person`: whose record, where the pattern is about one."""

    pattern: Pattern
    count: int
    first: datetime
    last: datetime
    person: UUID | None = None


def unusual(looks: Sequence[Look], *, regions: frozenset[str], limits: Limits) -> list[Found]:
    """Every pattern in one day of one account. `regions`: those it was ever given; none means that it has no region."""
    ordered = sorted(looks, key=lambda look: look.at)
    opened = [look for look in ordered if not look.refused and not look.listed and look.person]
    usual = [look for look in opened if not look.glass]
    found = [
        _crowd(usual, limits),
        _over(Pattern.REFUSED, [look for look in ordered if look.refused], limits.refusals, each=False),
        _over(Pattern.OUTSIDE_HOURS, [look for look in opened if is_outside(look.at, limits)], limits.outside),
        _over(Pattern.BREAK_GLASS, [look for look in opened if look.glass], limits.glass),
    ]
    strange = [look for look in usual if regions and look.region and look.region not in regions]
    found += _each(Pattern.OTHER_REGION, strange)
    found += _each(Pattern.SAME_NAME, [look for look in opened if look.same_name])
    return [one for one in found if one is not None]


def is_outside(at: datetime, limits: Limits) -> bool:
    return at.weekday() >= 5 or not limits.starts <= at.hour < limits.ends


def _crowd(looks: Sequence[Look], limits: Limits) -> Found | None:
    """The largest number of different files within the window, if it is too large."""
    window, best = timedelta(minutes=limits.minutes), None
    begin = 0
    for end, look in enumerate(looks):
        while look.at - looks[begin].at > window:
            begin += 1
        count = len({one.person for one in looks[begin : end + 1]})
        if count >= limits.files and (best is None or count > best.count):
            best = Found(Pattern.MANY_FILES, count, looks[begin].at, look.at)
    return best


def _over(pattern: Pattern, looks: Sequence[Look], least: int, *, each: bool = True) -> Found | None:
    """`each`: different people count, otherwise every try."""
    count = len({look.person for look in looks}) if each else len(looks)
    return Found(pattern, count, looks[0].at, looks[-1].at) if looks and count >= least else None


def _each(pattern: Pattern, looks: Iterable[Look]) -> list[Found]:
    """One for each person, however few times."""
    by_person: dict[UUID | None, list[Look]] = {}
    for look in looks:
        by_person.setdefault(look.person, []).append(look)
    return [Found(pattern, len(rows), rows[0].at, rows[-1].at, person) for person, rows in by_person.items()]
