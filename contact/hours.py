"""Safe hours as people choose them and read them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from psp.calendar_text import WEEKDAYS, time_of_day

Hours = Sequence[Sequence[int]]
DAY_END = 24 * 60
DAYTIME: Hours = tuple((day, 9 * 60, 17 * 60) for day in range(5))
EVENINGS: Hours = tuple((day, 17 * 60, 21 * 60) for day in range(7))


class Mode(StrEnum):
    ANY = "any"
    DAYTIME = "daytime"
    EVENINGS = "evenings"
    OWN = "own"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Choice:
    """How a form shows stored hours: a mode, and for OWN the days and one span in minutes since midnight."""

    mode: Mode
    days: tuple[int, ...] = ()
    begin: int = 9 * 60
    end: int = 17 * 60


def as_choice(hours: Hours) -> Choice:
    """The choice that gives these hours; KEEP where no single span on some days does."""
    kept = {tuple(span) for span in hours}
    for mode, preset in ((Mode.ANY, ()), (Mode.DAYTIME, DAYTIME), (Mode.EVENINGS, EVENINGS)):
        if kept == {tuple(span) for span in preset}:
            return Choice(mode)
    spans = {(begin, end) for _day, begin, end in kept}
    if len(spans) != 1:
        return Choice(Mode.KEEP)
    begin, end = spans.pop()
    return Choice(Mode.OWN, tuple(sorted(day for day, *_span in kept)), begin, end)


def as_hours(mode: str, *, days: Iterable[int], begin: int, end: int, kept: Hours) -> list[list[int]]:
    """Hours to store for a choice; `kept` are those stored now."""
    found: dict[str, Hours] = {
        Mode.ANY: (), Mode.DAYTIME: DAYTIME, Mode.EVENINGS: EVENINGS, Mode.KEEP: kept,
        Mode.OWN: [(day, begin, end) for day in sorted(days)],
    }  # fmt: skip
    return [list(span) for span in found[mode]]


def lines(hours: Hours, language: str) -> list[str]:
    """One line for each span: "Monday, Tuesday: 9:00 a.m. to 5:00 p.m." Empty for any time."""
    by_span: dict[tuple[int, int], list[int]] = {}
    for day, begin, end in sorted(tuple(span) for span in hours):
        by_span.setdefault((begin, end), []).append(day)
    return [f"{_days(days, language)}{_between(*span, language)}" for span, days in by_span.items()]


def _days(days: Collection[int], language: str) -> str:
    return ", ".join(WEEKDAYS[language][day] for day in days)


def _between(begin: int, end: int, language: str) -> str:
    start, stop = clock(begin, language), clock(end, language)
    return f"\u00a0: de {start} à {stop}" if language == "fr" else f": {start} to {stop}"


def clock(minute: int, language: str) -> str:
    """Minutes since midnight as people write them; the end of the day is midnight."""
    if minute == DAY_END:
        return "minuit" if language == "fr" else "midnight"
    return time_of_day(time(minute // 60, minute % 60), language)
