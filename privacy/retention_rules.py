"""How long records are kept and when they go. Pure: days in, verdicts out ([PIA] rule 15)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# [Privacy Act, Regulations] two years after the last administrative use.
FLOOR_MONTHS = 24
# Records of pay: six years after the end of the year ([Income Tax Act] section 230).
PAY_MONTHS = 72
# Longer than this is no ceiling any more.
MOST_MONTHS = 240


class Problem(StrEnum):
    FLOOR = "floor"
    CEILING = "ceiling"
    ACTION = "action"


class Standing(StrEnum):
    """Whether a record may go today."""

    IN_USE = "in_use"
    HELD = "held"
    NOT_YET = "not_yet"
    DUE = "due"
    # Past its ceiling: kept longer than the program means to keep it.
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Terms:
    """`months` after the last use a record may go, `ceiling` months after it at the latest it must have gone."""

    months: int
    ceiling: int

    def __post_init__(self) -> None:
        if found := problem_of(self.months, self.ceiling):
            raise ValueError(found)


def problem_of(months: int, ceiling: int) -> Problem | None:
    if months < FLOOR_MONTHS:
        return Problem.FLOOR
    return Problem.CEILING if not months <= ceiling <= MOST_MONTHS else None


def after(day: date, months: int) -> date:
    """So many calendar months later; where that month has no such day, the first of the next one: never too early."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= monthrange(year, month + 1)[1]:
        return date(year, month + 1, day.day)
    return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)


def before(day: date, months: int) -> date:
    """The latest last use after which `months` are over on `day`: `after(before(day, m), m) <= day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def standing_of(terms: Terms, *, last_use: date | None, held: bool, today: date) -> Standing:
    """`last_use`: None while the record is in use. A hold keeps everything, also what is past its ceiling."""
    if last_use is None:
        return Standing.IN_USE
    if held:
        return Standing.HELD
    if today < after(last_use, terms.months):
        return Standing.NOT_YET
    return Standing.LATE if today >= after(last_use, terms.ceiling) else Standing.DUE


def may_go(standing: Standing) -> bool:
    return standing in (Standing.DUE, Standing.LATE)


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_months(today: date, count: int = 12) -> list[date]:
    """The first days of this month and of those after it."""
    first = month_of(today)
    return [after(first, number) for number in range(count)]


def by_month(days: Iterable[date], today: date, count: int = 12) -> dict[date, int]:
    """How many fall due in each of the next months; what is due already counts with this month."""
    months = next_months(today, count)
    counts = dict.fromkeys(months, 0)
    for day in days:
        month = max(month_of(day), months[0])
        if month in counts:
            counts[month] += 1
    return counts
