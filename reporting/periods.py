"""The periods that figures are given for: months, quarters, and fiscal years that begin in April. Free of Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

YEAR_BEGINS = 4
MONTHS = 12
# Others are slips of the keyboard, and a year cannot be reckoned on at the end of time.
YEARS = range(1000, 9000)


class Span(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


LENGTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: MONTHS}


@dataclass(frozen=True, slots=True)
class Period:
    """`first`: the first day. Written as "2026-11" (month), "2026-Q3" (quarter) or "2026" (fiscal year); the year
    of a quarter and of a fiscal year is the one in which the fiscal year begins."""

    span: Span
    first: date

    @property
    def after(self) -> date:
        """The first day that is not in it any more."""
        return _months_later(self.first, LENGTHS[self.span])

    @property
    def fiscal_year(self) -> int:
        return self.first.year - (self.first.month < YEAR_BEGINS)

    @property
    def quarter(self) -> int:
        """1 to 4, counted from April."""
        return (self.first.month - YEAR_BEGINS) % MONTHS // 3 + 1

    @property
    def year(self) -> Period:
        return Period(Span.YEAR, date(self.fiscal_year, YEAR_BEGINS, 1))

    @property
    def code(self) -> str:
        if self.span == Span.MONTH:
            return f"{self.first:%Y-%m}"
        return f"{self.fiscal_year}-Q{self.quarter}" if self.span == Span.QUARTER else str(self.fiscal_year)

    def parts(self) -> tuple[Period, ...]:
        """The quarters of a year, the months of a quarter, nothing for a month."""
        if self.span == Span.MONTH:
            return ()
        smaller = Span.QUARTER if self.span == Span.YEAR else Span.MONTH
        step = LENGTHS[smaller]
        return tuple(Period(smaller, _months_later(self.first, start)) for start in range(0, LENGTHS[self.span], step))


def _months_later(day: date, months: int) -> date:
    index = day.year * MONTHS + day.month - 1 + months
    return date(index // MONTHS, index % MONTHS + 1, 1)


def containing(day: date, span: Span) -> Period:
    """The period of this length that `day` lies in."""
    month = date(day.year, day.month, 1)
    return Period(span, _months_later(month, -((day.month - YEAR_BEGINS) % LENGTHS[span])))


def parse(code: str) -> Period:
    """The period with this code; ValueError if there is none."""
    head, _dash, tail = code.partition("-")
    if not (head.isascii() and head.isdigit() and len(head) == 4 and int(head) in YEARS):
        raise ValueError(f"no such period: {code[:20]}")
    year = int(head)
    if not tail:
        found = Period(Span.YEAR, date(year, YEAR_BEGINS, 1))
    elif tail in ("Q1", "Q2", "Q3", "Q4"):
        found = Period(Span.YEAR, date(year, YEAR_BEGINS, 1)).parts()[int(tail[1:]) - 1]
    else:
        found = Period(Span.MONTH, date(year, int(tail), 1))
    if found.code != code:
        raise ValueError(f"no such period: {code[:20]}")
    return found


def since(first: date, today: date, span: Span) -> list[Period]:
    """Every period of this length from the one with `first` to the one with `today`, the newest first."""
    found, current = [], containing(first, span)
    while current.first <= today:
        found.append(current)
        current = Period(span, current.after)
    return found[::-1]
