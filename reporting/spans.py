"""Which figures of shorter and longer periods can stand beside each other (domain rule 38). Pure.

A year minus its published quarters is a hidden quarter: what is shown for a longer period depends on what is
hidden in the shorter ones. So everything is decided for a whole fiscal year at once, the same for every reader
and whatever period they look at. Within one region and one figure:

- the shortest periods are shown when they are zero, or when at least T people stand behind them;
- a longer period is shown when the same holds for it **and** what it tells about the hidden ones inside is no
  narrower than 1 to T. For sums: nothing is hidden, or several are, and their sum leaves that room to each. For
  people, who may be the same ones in several periods: there is no hidden period in which they must have been
  more than one.

A hidden figure is taken for at least 1, because zeros are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reporting.periods import LENGTHS, Period, Span


@dataclass(frozen=True, slots=True)
class Figure:
    """`count`: what is reported. `people`: how many stand behind it (the same number where people are counted)."""

    count: int = 0
    people: int = 0


NOTHING = Figure()
Figures = Mapping[Period, Figure]


def bottom_up(year: Period, finest: Span) -> Iterator[Period]:
    """The periods of a fiscal year down to `finest`, every one after its parts."""
    for part in _parts(year, finest):
        yield from bottom_up(part, finest)
    yield year


def _parts(period: Period, finest: Span) -> tuple[Period, ...]:
    return period.parts() if LENGTHS[period.span] > LENGTHS[finest] else ()


def _leaves(period: Period, finest: Span) -> list[Period]:
    return [inner for inner in bottom_up(period, finest) if inner.span == finest]


def _enough(figure: Figure, threshold: int) -> bool:
    return figure.count == 0 or min(figure.count, figure.people) >= threshold


def shown_sums(
    year: Period, figures: Figures, *, threshold: int, finest: Span, capped: bool = False
) -> frozenset[Period]:
    """Periods whose figure may be shown, where the parts of a period add up to it.

    `capped`: a figure is hidden in the shortest periods only because it is itself below the threshold, as a
    reader knows who knows the method.
    """
    shown: set[Period] = set()
    for period in bottom_up(year, finest):
        hidden = [part for part in _parts(period, finest) if part not in shown]
        unknown = [[leaf for leaf in _leaves(part, finest) if leaf not in shown] for part in hidden]
        total = sum(figures.get(leaf, NOTHING).count for leaves in unknown for leaf in leaves)
        safe = not hidden or _leaves_room(total, [len(leaves) for leaves in unknown], threshold, capped)
        if safe and _enough(figures.get(period, NOTHING), threshold):
            shown.add(period)
    return frozenset(shown)


def _leaves_room(total: int, unknown: list[int], threshold: int, capped: bool) -> bool:
    """Whether hidden parts with so many unknown figures each, `total` together, keep their whole range.

    Every unknown figure is at least 1. Capped ones are below the threshold, so that a large total would force
    the figures of a part above 1.
    """
    others = sum(unknown) - 1
    if len(unknown) < 2 or total - others < threshold - capped:
        return False
    return not capped or all(total <= (sum(unknown) - own) * (threshold - 1) + own for own in unknown)


def shown_people(year: Period, figures: Figures, *, threshold: int, finest: Span) -> frozenset[Period]:
    """Periods whose number of people may be shown; each person counts once in every period."""
    shown: set[Period] = set()
    for period in bottom_up(year, finest):
        figure = figures.get(period, NOTHING)
        covers = _covers(period, shown, figures, finest)
        if all(figure.count - cover <= 1 for cover in covers) and _enough(figure, threshold):
            shown.add(period)
    return frozenset(shown)


def _covers(period: Period, shown: set[Period], figures: Figures, finest: Span) -> list[int]:
    """For each part that hides something: how many people the rest of what is shown can account for at most.

    A shown part accounts for its people; a part that is not shown, for those of its own shown leaves.
    """
    parts = _parts(period, finest)
    leaves = {part: [leaf for leaf in _leaves(part, finest) if leaf in shown] for part in parts}
    seen = {part: sum(figures.get(leaf, NOTHING).count for leaf in leaves[part]) for part in parts}
    best = {part: figures.get(part, NOTHING).count if part in shown else seen[part] for part in parts}
    hiding = [part for part in parts if len(leaves[part]) < len(_leaves(part, finest))]
    return [seen[part] + sum(best[other] for other in parts if other != part) for part in hiding]
