"""What was counted, before anybody protects it; and random such things, skewed as counts of people are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

from hypothesis import strategies as st

from tests.attackers.sight import ALL, Cell, Key, cell


@dataclass(frozen=True, slots=True)
class Truth:
    """`counts`: every combination of the categories. `margins`: those that are no sums, since people overlap."""

    dimensions: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]
    counts: Mapping[Key, int]
    where: Mapping[str, str] = field(default_factory=dict)
    overlapping: frozenset[str] = frozenset()
    margins: Mapping[Key, int] = field(default_factory=dict)

    def everything(self) -> dict[Key, int]:
        """Cells and margins."""
        found = dict(self.counts)
        for at, names in enumerate(self.categories):
            for key in [key for key in found if key[at] == names[0]]:
                margin = (*key[:at], ALL, *key[at + 1 :])
                found[margin] = sum(found[(*key[:at], name, *key[at + 1 :])] for name in names)
        return found | dict(self.margins)

    def cells(self) -> dict[Cell, int]:
        return {cell(self.dimensions, key, self.where): count for key, count in self.everything().items()}

    def as_json(self) -> dict[str, Any]:
        """The input of the contract."""
        rows = [dict(zip(self.dimensions, key, strict=True)) | {"count": count} for key, count in self.counts.items()]
        return {"dimensions": list(self.dimensions), "cells": rows}


def small(tables: Sequence[Truth], threshold: int) -> list[Cell]:
    """Every count, margins included, that a reader must not know."""
    found = {name for one in tables for name, count in one.cells().items() if 0 < count < threshold}
    return sorted(found, key=sorted)


def rolled_up(table: Truth, dimensions: Sequence[str]) -> Truth:
    """The same people by fewer dimensions; all of them together are a table with the one cell "all"."""
    if not dimensions:
        return Truth(("total",), (("all",),), {("all",): sum(table.counts.values())}, table.where)
    places = [table.dimensions.index(name) for name in dimensions]
    categories = tuple(table.categories[place] for place in places)
    counts = dict.fromkeys(product(*categories), 0)
    for key, count in table.counts.items():
        counts[tuple(key[place] for place in places)] += count
    return Truth(tuple(dimensions), categories, counts, table.where)


def added(tables: Sequence[Truth], where: Mapping[str, str]) -> Truth:
    """One table of several periods, where nobody is counted twice."""
    first = tables[0]
    counts = {key: sum(one.counts[key] for one in tables) for key in first.counts}
    return Truth(first.dimensions, first.categories, counts, where)


# Random ones ------------------------------------------------------------------------------------------------

NAMES = {"region": ("ATL", "ON", "PAC", "QC"), "language": ("en", "fr"), "kind": ("art", "film", "yoga")}
thresholds = st.integers(5, 12)
COUNTS = {
    "mixed": st.one_of(st.just(0), st.integers(1, 12), st.integers(10, 300)),
    "skewed": st.one_of(st.integers(1, 3), st.integers(4, 20), st.integers(20, 3000)),
    "sparse": st.one_of(st.just(0), st.just(0), st.integers(1, 6), st.integers(5, 40)),
    "tiny": st.integers(0, 4),
    "near": st.integers(4, 14),
}
counting = st.sampled_from(sorted(COUNTS)).map(COUNTS.__getitem__)


@st.composite
def tables(draw: st.DrawFn, dimensions: Sequence[str] = (), where: Mapping[str, str] | None = None) -> Truth:
    """A table of one to three dimensions, or of those that are asked for."""
    names = tuple(dimensions) or tuple(
        draw(st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=3, unique=True))
    )
    categories = tuple(
        NAMES[name][: draw(st.integers(1 + bool(at), len(NAMES[name])))] for at, name in enumerate(names)
    )
    count = draw(counting)
    return Truth(names, categories, {key: draw(count) for key in product(*categories)}, where or {})


@st.composite
def linked(draw: st.DrawFn) -> list[Truth]:
    """Breakdowns of the same people by at most two dimensions each, and all of them together."""
    whole = draw(tables(("region", "language", "kind")))
    choices = [names for size in (1, 2) for names in combinations(whole.dimensions, size)]
    chosen = draw(st.lists(st.sampled_from(choices), min_size=1, max_size=4, unique=True))
    return [rolled_up(whole, ()), *(rolled_up(whole, names) for names in chosen)]


@st.composite
def overlapping(draw: st.DrawFn) -> list[Truth]:
    """People by region and by kind of group, where a person may have been in several kinds."""
    kinds = NAMES["kind"][: draw(st.integers(2, 3))]
    regions = NAMES["region"][: draw(st.integers(2, 3))]
    memberships = [names for size in range(1, len(kinds) + 1) for names in combinations(kinds, size)]
    count = draw(counting)
    people = {key: draw(count) for key in product(regions, memberships)}
    counts = {
        (region, kind): sum(people[region, names] for names in memberships if kind in names)
        for region, kind in product(regions, kinds)
    }
    by_region = {(region, ALL): sum(people[region, names] for names in memberships) for region in regions}
    margins = by_region | {(ALL, ALL): sum(by_region.values())}
    both = Truth(("region", "kind"), (regions, kinds), counts, {}, frozenset({"kind"}), margins)
    alone = Truth(("region",), (regions,), {(region,): by_region[region, ALL] for region in regions})
    return [alone, both]


@st.composite
def months(draw: st.DrawFn, number: int = 3) -> list[Truth]:
    """The same table for several months; small numbers stay small, as they do."""
    first = draw(tables(("region", "language"), {"period": "m1"}))
    count = draw(counting)
    return [first] + [
        Truth(first.dimensions, first.categories, {key: draw(count) for key in first.counts}, {"period": f"m{at}"})
        for at in range(2, number + 1)
    ]
