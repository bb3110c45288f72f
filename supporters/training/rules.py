"""Training, the pure part: when a course is completed, how long that counts, and on which dates a cohort meets."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Meeting:
    """One session of a cohort as it was for one person. `module`: what it was about; None beside the program.

    `took_place`: not cancelled. `learned`: they were there, or learned it another way.
    """

    module: int | None
    took_place: bool
    learned: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """What a course asks for. `fewest`: sessions; None for all that took place. `needed`: modules to be learned."""

    fewest: int | None
    needed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Progress:
    """`learned` of `fewest` sessions; `missing`: needed modules that are not learned yet."""

    learned: int
    fewest: int
    missing: tuple[int, ...]

    @property
    def is_complete(self) -> bool:
        return self.learned >= self.fewest and not self.missing


def progress(meetings: Sequence[Meeting], rule: Rule) -> Progress:
    """How far somebody is. What was cancelled counts for and against nobody.

    A cohort that met less often than the course asks for cannot ask for more than all of its sessions; one without any
    session completes nothing.
    """
    held = [one for one in meetings if one.took_place]
    fewest = max(1, len(held) if rule.fewest is None else min(rule.fewest, len(held)))
    known = {one.module for one in held if one.learned}
    return Progress(sum(one.learned for one in held), fewest, tuple(sorted(rule.needed - known)))


def counts_through(completed_on: date, months: int | None) -> date | None:
    """The last day on which it counts: the same day so many months later; None for good.

    A day that this month does not have is its last one: 29 February and twelve months are 28 February.
    """
    if months is None:
        return None
    year, month = divmod(completed_on.year * 12 + completed_on.month - 1 + months, 12)
    return date(year, month + 1, min(completed_on.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Slot:
    """One date of a cohort, in UTC. `module`: its key."""

    number: int
    module: int | None
    starts_at: datetime
    ends_at: datetime


def weekly(
    first_day: date, at: time, zone: str, minutes: int, modules: Collection[tuple[int, int]]
) -> tuple[Slot, ...]:
    """A date for each module, (key, week from 1), on the weekday of the first day, at the same time on the wall clock.

    Modules of one week follow each other on that day.
    """
    slots: list[Slot] = []
    for number, (module, week) in enumerate(sorted(modules, key=lambda one: one[1]), start=1):
        begin = on_the_clock(first_day + timedelta(weeks=week - 1), at, zone)
        if slots and slots[-1].ends_at > begin:
            begin = slots[-1].ends_at
        slots.append(Slot(number, module, begin, begin + timedelta(minutes=minutes)))
    return tuple(slots)


def on_the_clock(day: date, at: time, zone: str) -> datetime:
    """The moment, in UTC, at which a clock there shows this; where it skips that, the moment at which it would."""
    return datetime.combine(day, at.replace(tzinfo=None), ZoneInfo(zone)).astimezone(UTC)


# How long a cohort may answer, and how long after its end it is asked once more.
TIME_TO_ANSWER, THREE_MONTHS = timedelta(days=21), timedelta(days=91)


def windows(begins: datetime, ends: datetime) -> dict[str, tuple[datetime, datetime]]:
    """From when until when a cohort is asked: before its first session, after its last one, and three months later."""
    return {
        "before": (begins - TIME_TO_ANSWER, begins),
        "after": (ends, ends + TIME_TO_ANSWER),
        "later": (ends + THREE_MONTHS, ends + THREE_MONTHS + TIME_TO_ANSWER),
    }
