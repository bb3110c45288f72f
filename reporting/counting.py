"""From a series and a period to confidential tables, ready for disclosure control and for nothing else.

A breakdown names at most two dimensions. One of them may be held, as in "outcome=referred": that table is about those
alone, in the same proof as the table that they are a category of.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from types import MappingProxyType

from django.conf import settings

from reporting.counters.base import Breakdown, Counter, Tally, counter
from reporting.dimensions import codes
from reporting.disclosure import ALL, CountTable, Key
from reporting.models import Series
from reporting.periods import Period, Span, parse

NOTHING = Tally(0, 0)
TOTAL = ("total",)
HELD = "="


def breakdowns(series: Series) -> list[Breakdown]:
    """The tables of a series, the total alone first."""
    return [(), *(tuple(one) for one in series.breakdowns)]


def free(names: Breakdown) -> Breakdown:
    """The dimensions of a breakdown's table: those that are not held."""
    return tuple(name for name in names if HELD not in name)


def held(names: Breakdown) -> dict[str, str]:
    """Dimension → category for those that are."""
    return {name.partition(HELD)[0]: name.partition(HELD)[2] for name in names if HELD in name}


def spoken_for(period: Period, *, stock: bool, spans: Collection[Span]) -> Period:
    """The period whose figures are shown for this one: where they say how things stand, its last part that has any."""
    parts = period.parts() if stock else ()
    deeper = [spoken_for(part, stock=True, spans=spans) for part in parts[-1:]]
    return next((one for one in deeper if one.span in spans), period)


def count_tables(series: Series, period: Period, wanted: Sequence[Breakdown] | None = None) -> list[CountTable]:
    """One table for each breakdown that is wanted (all of them), in that order. The total alone is a table of the one
    dimension "total"."""
    which, wanted = counter(series.counter), breakdowns(series) if wanted is None else wanted
    asked = {names: (*held(names), *free(names)) for names in wanted}
    counted = which.count(period, tuple(dict.fromkeys(asked.values())))
    known = {name: codes(name) for name in dict.fromkeys(name for names in wanted for name in free(names))}
    return [_table(which, period, names, _held_only(counted[asked[names]], held(names)), known) for names in wanted]


def _held_only(tallies: Mapping[Key, Tally], held: Mapping[str, str]) -> dict[Key, Tally]:
    where = tuple(held.values())
    return {key[len(where) :]: tally for key, tally in tallies.items() if key[: len(where)] == where}


def _table(
    which: Counter, period: Period, names: Breakdown, tallies: Mapping[Key, Tally],
    known_codes: Mapping[str, tuple[str, ...]],
) -> CountTable:  # fmt: skip
    """`known_codes`: the categories of each dimension."""
    where = {"period": period.code, **held(names)}
    if not free(names):
        return _from(TOTAL, (("all",),), {("all",): tallies.get((), NOTHING)}, which, where)
    categories = tuple(known_codes[name] for name in free(names))
    known = [{*those, ALL} for those in categories]
    for key in tallies:
        if any(code not in those for code, those in zip(key, known, strict=True)):
            raise ValueError(f"{which.code} counts a category that is not known: {'/'.join(key)}")
    every = dict.fromkeys(product(*((*those, ALL) for those in categories)), NOTHING)
    return _from(free(names), categories, every | dict(tallies), which, where)


def _from(
    names: Breakdown, categories: tuple[tuple[str, ...], ...], tallies: Mapping[Key, Tally], which: Counter,
    where: Mapping[str, str],
) -> CountTable:  # fmt: skip
    """Too few people behind a large count make it sensitive. A margin is given only where it is no sum of its parts."""
    threshold: int = settings.PSP_SUPPRESSION_THRESHOLD
    overlapping = which.overlapping & set(names)
    apart = {at for at, name in enumerate(names) if name in overlapping}
    return CountTable(
        names, categories, MappingProxyType({key: tally.count for key, tally in tallies.items() if ALL not in key}),
        sensitive=frozenset(key for key, tally in tallies.items() if tally.count and tally.people < threshold),
        overlapping=overlapping,
        margins=MappingProxyType(
            {key: tally.count for key, tally in tallies.items() if any(key[at] == ALL for at in apart)}
        ),
        where=MappingProxyType(dict(where)),
        statistics=MappingProxyType(_statistics(which, parse(where["period"]), names, tallies)),
    )  # fmt: skip


def _statistics(
    which: Counter, period: Period, names: Breakdown, tallies: Mapping[Key, Tally]
) -> dict[Key, Mapping[str, float]]:
    found = {key: tally.statistics for key, tally in tallies.items() if tally.statistics}
    return found | dict(which.measures(period, names) if which.measures and names != TOTAL else {})
