"""The audit's own system: one column for every number of every table, and what everybody knows of how they add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import inf

from reporting.protection.types import ALL, BASE, CountTable, Key, Method, Nesting, ProtectedTable

Published = Mapping[Key, int | None]
Said = tuple[tuple[str, str], ...]


def meaning(value: int, threshold: int, method: Method) -> tuple[int, int]:
    """The least and the largest count that is published as this number."""
    if method == Method.SUPPRESSION or value == 0:
        return value, value
    first = threshold + (-threshold) % BASE
    if value == first:
        return threshold, value + BASE // 2
    if value < first or value % BASE:
        return 1, 0
    return value - BASE // 2, value + BASE // 2


def rolled_up(table: CountTable) -> dict[Key, int]:
    """The true number of every cell and margin; rolls the table up one dimension after the other."""
    whole = dict(table.counts)
    for position, name in enumerate(table.dimensions):
        totals: dict[Key, int] = {(*key[:position], ALL, *key[position + 1 :]): 0 for key in whole}
        for key, count in whole.items():
            totals[(*key[:position], ALL, *key[position + 1 :])] += count
        if name in table.overlapping:
            totals = {key: table.margins.get(key, 0) for key in totals}
        whole |= totals
    for key in product(*((*names, ALL) for names in table.categories)):
        whole.setdefault(key, table.margins.get(key, 0))
    return whole


@dataclass(slots=True)
class Numbers:
    """`low`, `high`: what is published of each column. `rows`: (is a sum, else at most 0; column → factor)."""

    low: list[int] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: list[tuple[bool, dict[int, int]]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    column: dict[tuple[int, Key], int] = field(default_factory=dict)
    first: dict[Said, int] = field(default_factory=dict)


def said_of(table: CountTable | ProtectedTable, key: Key) -> Said:
    named = {name: value for name, value in zip(table.dimensions, key, strict=True) if value != ALL}
    return tuple(sorted({**table.where, **named}.items()))


def keys_of(table: CountTable | ProtectedTable) -> list[Key]:
    return list(product(*((*names, ALL) for names in table.categories)))


def numbers_of(
    every: Sequence[tuple[CountTable | ProtectedTable, Published, int, Method]], nestings: Sequence[Nesting]
) -> Numbers:
    """Each table with what is published of it, its threshold and its method."""
    numbers = Numbers()
    for at, (table, values, threshold, method) in enumerate(every):
        for key in keys_of(table):
            value = values.get(key, -1)
            low, high = (1, inf) if value is None else (0, inf) if value < 0 else meaning(value, threshold, method)
            numbers.column[at, key] = len(numbers.low)
            numbers.low.append(low)
            numbers.high.append(high)
            numbers.said.append(said_of(table, key))
    for column, said in enumerate(numbers.said):
        one = numbers.first.setdefault(said, column)
        if one != column:
            numbers.rows.append((True, {column: 1, one: -1}))
    tables = [table for table, _, _, _ in every]
    for at, table in enumerate(tables):
        _sums(numbers, at, table)
    _nest(numbers, tables, nestings)
    _within(numbers, tables, {one.dimension for one in nestings})
    return numbers


def _whole(numbers: Numbers, whole: int, parts: Sequence[int], adds: bool, complete: bool = True) -> None:
    if adds:
        numbers.rows.append((complete, {**dict.fromkeys(parts, 1), whole: -1}))
        return
    if complete:
        numbers.rows.append((False, {**dict.fromkeys(parts, -1), whole: 1}))
    numbers.rows.extend((False, {part: 1, whole: -1}) for part in parts)


def _sums(numbers: Numbers, at: int, table: CountTable | ProtectedTable) -> None:
    for key in keys_of(table):
        for position, name in enumerate(key):
            if name == ALL:
                around = (key[:position], key[position + 1 :])
                parts = [numbers.column[at, (*around[0], part, *around[1])] for part in table.categories[position]]
                _whole(numbers, numbers.column[at, key], parts, table.dimensions[position] not in table.overlapping)


def _nest(numbers: Numbers, tables: Sequence[CountTable | ProtectedTable], nestings: Sequence[Nesting]) -> None:
    for nesting in nestings:
        for said, whole in list(numbers.first.items()):
            if dict(said).get(nesting.dimension) != nesting.whole:
                continue
            wanted = [tuple(sorted({**dict(said), nesting.dimension: part}.items())) for part in nesting.parts]
            parts = [numbers.first[part] for part in wanted if part in numbers.first]
            rest = [part for part in wanted if part not in numbers.first]
            complete = all(any(_is_about(table, dict(part)) for table in tables) for part in rest)
            _whole(numbers, whole, parts, nesting.adds, complete)


def _is_about(table: CountTable | ProtectedTable, said: Mapping[str, str]) -> bool:
    """A table that leaves a category out says that it counts nothing."""
    fixed = all(said.get(name) == value for name, value in table.where.items())
    return fixed and all(name in table.dimensions or name in table.where for name in said)


def _within(numbers: Numbers, tables: Sequence[CountTable | ProtectedTable], nested: set[str]) -> None:
    """Numbers of one table that are parts of a number of another which has fewer dimensions."""
    apart = nested | {name for table in tables for name in table.overlapping}
    together: dict[tuple[int, tuple[str, ...]], dict[Said, int]] = defaultdict(dict)
    for said, column in numbers.first.items():
        named = dict(said)
        for at, table in enumerate(tables):
            if any(named.get(name) != value for name, value in table.where.items()):
                continue
            whole = numbers.column.get((at, tuple(named.get(name, ALL) for name in table.dimensions)))
            gone = tuple(sorted(set(named) - set(table.dimensions) - set(table.where)))
            if whole is not None and gone:
                together[whole, gone][said] = column
    for (whole, gone), parts in together.items():
        _whole(numbers, whole, list(parts.values()), not set(gone) & apart, complete=False)
