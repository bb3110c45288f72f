"""Hours of a week by one clock: [weekday, begin, end] in minutes since midnight, as people read them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import time

from psp.calendar_text import WEEKDAYS, time_of_day

Hours = Sequence[Sequence[int]]
DAY_END = 24 * 60


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
