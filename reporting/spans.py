"""Which figures of months, quarters and years can stand beside each other (domain rule 38). Pure.

A quarter minus its published months is a hidden month: so what is shown for a longer period depends on what is
hidden in the shorter ones. Everything is decided for a whole fiscal year at once, the same for every reader and
whatever period they look at. Within one region and one figure:

- a month is shown when it is zero, or when at least T people stand behind it;
- a longer period is shown when the same holds for it **and** what it tells about the hidden months inside is no
  narrower than 1 to T: for sums, that they are none, or several whose sum leaves that room to each; for people,
  who may be the same in several months, that there is no month in which they must have been more than one.

A hidden figure is at least 1, because zeros are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reporting.periods import Period, Span


@dataclass(frozen=True, slots=True)
class Figure:
    """`count`: what is reported. `people`: how many stand behind it (the same, where people are counted)."""

    count: int = 0
    people: int = 0


NOTHING = Figure()
Figures = Mapping[Period, Figure]


def shown_sums(year: Period, figures: Figures, threshold: int) -> frozenset[Period]:
    """Periods of this fiscal year whose figure may be shown, where months add up to quarters and years."""
    shown = set(_plain_months(year, figures, threshold))
    for period in (*year.parts(), year):
        hidden = [month for month in _months(period) if not _known(month, shown, period)]
        room = sum(figures.get(month, NOTHING).count for month in hidden) - (len(hidden) - 1)
        leaves_room = not hidden or (len(hidden) > 1 and room >= threshold)
        if leaves_room and _large_or_zero(figures.get(period, NOTHING), threshold):
            shown.add(period)
    return frozenset(shown)


def shown_people(year: Period, figures: Figures, threshold: int) -> frozenset[Period]:
    """The same where people are counted once in every period, so that the months of a quarter overlap."""
    shown = set(_plain_months(year, figures, threshold))
    for period in (*year.parts(), year):
        count = figures.get(period, NOTHING)
        hidden = [month for month in _months(period) if month not in shown]
        tells_nothing = not hidden or count.count - _least_cover(period, shown, figures) <= 1
        if tells_nothing and _large_or_zero(count, threshold):
            shown.add(period)
    return frozenset(shown)


def _large_or_zero(figure: Figure, threshold: int) -> bool:
    return figure.count == 0 or (figure.people >= threshold and figure.count >= threshold)


def _plain_months(year: Period, figures: Figures, threshold: int) -> list[Period]:
    return [month for month in _months(year) if _large_or_zero(figures.get(month, NOTHING), threshold)]


def _months(period: Period) -> list[Period]:
    if period.span == Span.MONTH:
        return [period]
    return [month for part in period.parts() for month in _months(part)]


def _known(month: Period, shown: set[Period], period: Period) -> bool:
    """Whether this month can be taken off the sum of `period`: by itself, or with its quarter."""
    quarters = period.parts() if period.span == Span.YEAR else ()
    return month in shown or any(quarter in shown and month in quarter.parts() for quarter in quarters)


def _least_cover(period: Period, shown: set[Period], figures: Figures) -> int:
    """The fewest people that the shown parts can account for: what is over must be in the hidden ones.

    A shown quarter covers all of its months; a hidden quarter is covered by its shown months alone.
    """
    if period.span != Span.YEAR:
        return sum(figures.get(part, NOTHING).count for part in period.parts() if part in shown)
    covers = []
    for quarter in period.parts():
        months = sum(figures.get(part, NOTHING).count for part in quarter.parts() if part in shown)
        hidden = any(part not in shown for part in quarter.parts())
        covers.append((months, hidden, quarter in shown, figures.get(quarter, NOTHING).count))
    # Looking for the people of one quarter's hidden months, every other shown quarter may stand for itself.
    return min(
        (months + _others(covers, position) for position, (months, hidden, _s, _q) in enumerate(covers) if hidden),
        default=0,
    )


def _others(covers: list[tuple[int, bool, bool, int]], position: int) -> int:
    return sum(
        (min(quarter, months) if not hidden else quarter) if shown else months
        for other, (months, hidden, shown, quarter) in enumerate(covers)
        if other != position
    )
