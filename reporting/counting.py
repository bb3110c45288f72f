"""From a series and a period to confidential tables, ready for disclosure control and for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

from django.conf import settings

from reporting.counters import Counted, Counter, Tally, counter
from reporting.dimensions import codes
from reporting.disclosure import ALL, CountTable, Key
from reporting.models import Series
from reporting.periods import Period

NOTHING = Tally(0, 0)
TOTAL = ("total",)


def breakdowns(series: Series) -> list[tuple[str, ...]]:
    """The tables of a series, the total alone first."""
    return [(), *(tuple(one) for one in series.breakdowns)]


def count_tables(series: Series, period: Period) -> list[CountTable]:
    """One table for each breakdown, in that order. The total alone is a table of the one dimension "total"."""
    which = counter(series.counter)
    threshold: int = settings.PSP_SUPPRESSION_THRESHOLD
    return [_table(which, period, names, threshold) for names in breakdowns(series)]


def _table(which: Counter, period: Period, names: tuple[str, ...], threshold: int) -> CountTable:
    counted = dict(which.count(period, names))
    if not names:
        return _from(TOTAL, (("all",),), {("all",): counted.get((), NOTHING)}, {}, which, period, threshold)
    categories = tuple(codes(name) for name in names)
    body = {key: counted.get(key, NOTHING) for key in product(*categories)}
    margins = _margins(which, period, names)
    return _from(names, categories, body, margins, which, period, threshold)


def _margins(which: Counter, period: Period, names: tuple[str, ...]) -> dict[Key, Tally]:
    """The tallies of all margins: who stands behind one cannot be added up."""
    found: dict[Key, Tally] = {}
    for kept in product((True, False), repeat=len(names)):
        if all(kept):
            continue
        counted: Counted = which.count(period, tuple(name for name, keep in zip(names, kept, strict=True) if keep))
        for key, tally in counted.items():
            parts = iter(key)
            found[tuple(next(parts) if keep else ALL for keep in kept)] = tally
    return found


def _from(
    names: tuple[str, ...], categories: tuple[tuple[str, ...], ...], body: dict[Key, Tally],
    margins: dict[Key, Tally], which: Counter, period: Period, threshold: int,
) -> CountTable:  # fmt: skip
    everything = body | margins
    overlapping = which.overlapping & set(names)
    apart = {at for at, name in enumerate(names) if name in overlapping}
    return CountTable(
        names, categories, MappingProxyType({key: tally.count for key, tally in body.items()}),
        sensitive=frozenset(key for key, tally in everything.items() if tally.count and tally.people < threshold),
        overlapping=frozenset(overlapping),
        margins=MappingProxyType(
            {key: tally.count for key, tally in margins.items() if any(key[at] == ALL for at in apart)}
        ),
        where=MappingProxyType({"period": period.code}),
        statistics=MappingProxyType(_statistics(which, period, names, everything)),
    )  # fmt: skip


def _statistics(
    which: Counter, period: Period, names: tuple[str, ...], everything: dict[Key, Tally]
) -> dict[Key, Mapping[str, float]]:
    found = {key: tally.statistics for key, tally in everything.items() if tally.statistics}
    return found | dict(which.measures(period, names) if which.measures and names != TOTAL else {})
