"""What a reader has in hand, and the linear facts that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

ALL = "*"

Key = tuple[str, ...]
Cell = frozenset[tuple[str, str]]
"""One number, wherever it is printed: the category in each dimension that does not stand for all."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One answer in the contract's format. `rounded_from`: the threshold, where numbers are rounded; 0 where they are
    as counted."""

    dimensions: tuple[str, ...]
    values: Mapping[Key, int | None]
    where: Mapping[str, str] = field(default_factory=dict)
    overlapping: frozenset[str] = frozenset()
    rounded_from: int = 0

    def categories(self, at: int) -> list[str]:
        return sorted({key[at] for key in self.values} - {ALL})

    def body(self) -> list[Key]:
        return [key for key in self.values if ALL not in key]


@dataclass(frozen=True, slots=True)
class Whole:
    """The categories `parts` make up `whole`; with `adds`, each person is in one part only."""

    dimension: str
    whole: str
    parts: tuple[str, ...]
    adds: bool = True


def read(answer: Mapping[str, Any], where: Mapping[str, str] | None = None) -> Printed:
    """From the JSON of the contract."""
    dimensions = tuple(name for name in answer["cells"][0] if name != "value") if answer["cells"] else ()
    values = {tuple(cell[name] for name in dimensions): cell["value"] for cell in answer["cells"]}
    return Printed(dimensions, values, dict(where or {}))


def cell(dimensions: Sequence[str], key: Key, where: Mapping[str, str]) -> Cell:
    return frozenset((*where.items(), *((d, k) for d, k in zip(dimensions, key, strict=True) if k != ALL)))


@dataclass(frozen=True, slots=True)
class Sum:
    """`whole` is the sum of `parts`; without `adds` it lies between the greatest of them and their sum."""

    whole: Cell
    parts: tuple[Cell, ...]
    adds: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """`least` and `most` (None: no bound known) of each number, and how numbers hang together."""

    least: Mapping[Cell, int]
    most: Mapping[Cell, int | None]
    sums: tuple[Sum, ...]
    body: frozenset[Cell]

    def hidden(self) -> list[Cell]:
        return sorted((one for one, least in self.least.items() if self.most[one] != least), key=sorted)


def look(printed: Iterable[Printed], wholes: Iterable[Whole] = (), *, only_zeros: bool = False) -> Sight:
    """All that the publications say together. `only_zeros`: as if every number but the zeros were blotted out."""
    seen = list(printed)
    least: dict[Cell, int] = {}
    most: dict[Cell, int | None] = {}
    body: set[Cell] = set()
    for one in seen:
        body.update(cell(one.dimensions, key, one.where) for key in one.body())
        for key, value in one.values.items():
            shown = None if only_zeros and value else value
            name = cell(one.dimensions, key, one.where)
            low, high = _between(shown, one.rounded_from)
            least[name] = max(least.get(name, 0), low)
            most[name] = min((bound for bound in (most.get(name), high) if bound is not None), default=None)
    sums = tuple(dict.fromkeys([*_sums(seen), *_nested(list(least), list(wholes))]))
    for one_sum in sums:
        for name in (one_sum.whole, *one_sum.parts):
            least.setdefault(name, 0)
            most.setdefault(name, None)
    margins = {one_sum.whole for one_sum in sums}
    return Sight(least, most, sums, frozenset(body - margins))


BASE = 5


def _between(value: int | None, threshold: int) -> tuple[int, int | None]:
    """Zeros are published, so what is hidden is at least 1. Rounded to the nearest multiple, but never below the
    threshold: the first number shown stands for all counts from there."""
    if value is None:
        return 1, None
    if not threshold or not value:
        return value, value
    return (threshold if value - BASE < threshold else value - BASE // 2), value + BASE // 2


def _sums(seen: Sequence[Printed]) -> Iterator[Sum]:
    for one in seen:
        for key in one.values:
            stars = [at for at, name in enumerate(key) if name == ALL]
            # One way to add up is enough where sums are sums; where people overlap, each way tells something.
            adding = [at for at in stars if one.dimensions[at] not in one.overlapping][:1]
            for at in [*adding, *(at for at in stars if one.dimensions[at] in one.overlapping)]:
                parts = tuple(
                    cell(one.dimensions, (*key[:at], name, *key[at + 1 :]), one.where) for name in one.categories(at)
                )
                yield Sum(cell(one.dimensions, key, one.where), parts, one.dimensions[at] not in one.overlapping)


def _nested(names: Sequence[Cell], wholes: Sequence[Whole]) -> Iterator[Sum]:
    """Numbers that are alike but for the dimension: the whole's and its parts'."""
    for one in wholes:
        around = {
            name - {(one.dimension, category)}
            for name, category in product(names, (one.whole, *one.parts))
            if (one.dimension, category) in name
        }
        for rest in sorted(around, key=sorted):
            parts = tuple(rest | {(one.dimension, part)} for part in one.parts)
            yield Sum(rest | {(one.dimension, one.whole)}, parts, one.adds)
