"""Safe hours as people choose them and read them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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


PRESETS: dict[str, Hours] = {Mode.ANY: (), Mode.DAYTIME: DAYTIME, Mode.EVENINGS: EVENINGS}


def as_choice(hours: Hours) -> Mode:
    """The ready-made choice that gives these hours, or OWN."""
    kept = {tuple(span) for span in hours}
    return next((Mode(mode) for mode, preset in PRESETS.items() if kept == {tuple(span) for span in preset}), Mode.OWN)


def as_hours(mode: str, own: Hours) -> list[list[int]]:
    """Hours to store for a choice; `own` are those that were filled in day by day."""
    return [list(span) for span in PRESETS.get(mode, own)]


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
