"""Designs that look safe and are not. Each keeps what it published, as a program does over the years."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Protocol

from tests.attackers.sight import ALL, Key, Printed, Whole
from tests.attackers.truth import Truth


class Refused(Exception):
    """Nothing was published."""


class Design(Protocol):
    """Something that publishes tables, one release after the other, and may remember what is out."""

    def publish(self, tables: Sequence[Truth], wholes: Sequence[Whole] = ()) -> list[Printed]: ...


Rule = Callable[[Truth, int], Mapping[Key, int | None]]


class Careless:
    """Protects each table by itself, by one rule."""

    def __init__(self, rule: Rule, threshold: int) -> None:
        self._rule, self._threshold = rule, threshold

    def publish(self, tables: Sequence[Truth], wholes: Sequence[Whole] = ()) -> list[Printed]:
        return [Printed(one.dimensions, self._rule(one, self._threshold), one.where, one.overlapping) for one in tables]


def _is_small(count: int, threshold: int) -> bool:
    return 0 < count < threshold


def small_only(table: Truth, threshold: int) -> dict[Key, int | None]:
    """Hides what is small and nothing else."""
    return {key: None if _is_small(count, threshold) else count for key, count in table.everything().items()}


def rows_only(table: Truth, threshold: int) -> dict[Key, int | None]:
    """Hides a second cell in each row, and never looks down the columns."""
    found: dict[Key, int | None] = dict(small_only(table, threshold))
    for margin in [key for key in found if key[-1] == ALL and found[key] is not None]:
        row = [(*margin[:-1], name) for name in table.categories[-1]]
        if sum(found[key] is None for key in row) == 1:
            whole = table.everything()
            found[min((key for key in row if found[key]), key=whole.__getitem__)] = None
    return found


def small_margins_shown(table: Truth, threshold: int) -> dict[Key, int | None]:
    """Hides every cell of a table with a small one, and takes margins for harmless."""
    hides = any(_is_small(count, threshold) for count in table.counts.values())
    return {key: None if hides and ALL not in key else count for key, count in table.everything().items()}


def all_margins_hidden(table: Truth, threshold: int) -> dict[Key, int | None]:
    """Safe for one table. What another table says of the same people, it does not know."""
    found: dict[Key, int | None] = dict(small_only(table, threshold))
    if None in (found[key] for key in table.counts):
        found.update({key: None for key in found if ALL in key})
    return found


def two_in_every_line(table: Truth, threshold: int) -> dict[Key, int | None]:
    """At least two hidden cells in each row and column, which many take for safe: it says nothing of how wide."""
    found, whole = dict(small_only(table, threshold)), table.everything()
    found.update(dict.fromkeys((key for key in found if ALL in key), None))
    found.update({key: whole[key] for key in found if ALL in key and not _is_small(whole[key], threshold)})
    changed = True
    while changed:
        changed = False
        for margin in [key for key in found if ALL in key and found[key] is not None]:
            at = margin.index(ALL)
            line = [(*margin[:at], name, *margin[at + 1 :]) for name in table.categories[at]]
            if sum(found[key] is None for key in line) == 1:
                shown = [key for key in line if found[key]]
                found[min(shown, key=whole.__getitem__) if shown else margin] = None
                changed = True
    return found


class RoundsAnew:
    """Rounds each number up or down by chance, so that the mean is right; and again for whoever asks again."""

    def __init__(self, seed: int, base: int = 5) -> None:
        self._random, self._base = Random(seed), base  # nosec B311 - the hole is the point

    def publish(self, tables: Sequence[Truth], wholes: Sequence[Whole] = ()) -> list[Printed]:
        return [
            Printed(
                one.dimensions, {key: self._rounded(count) for key, count in one.everything().items()}, one.where,
                one.overlapping, 1,
            )
            for one in tables
        ]  # fmt: skip

    def _rounded(self, count: int) -> int:
        below = count // self._base * self._base
        return below + self._base * (self._random.random() * self._base < count - below)
