"""What goes into disclosure control and what comes out of it. Pure; `reporting.disclosure` is the door to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import InitVar, dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from psp.json_input import InputError

ALL = "*"
DEFAULT_THRESHOLD = 10
LOWEST_THRESHOLD = 5
MOST_CELLS = 250_000
DEFAULT_SECONDS = 20.0
BASE = 5
RESERVED = frozenset({"count", "value", ALL})
_SEAL = object()

Key = tuple[str, ...]


class DisclosureError(InputError):
    """A table that cannot be read or must not be shown."""


class Method(StrEnum):
    """How small counts are kept from being known; a release names the one it was made by."""

    SUPPRESSION = "suppression"
    ROUNDING = "rounding"


def _nothing() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CountTable:
    """Confidential input: one count for every combination of the dimensions' categories.

    Categories are sorted: the order in which a query listed them could tell which counts are larger.
    `sensitive` cells are hidden whatever their count: few people stand behind them. Keys may be margins too.
    `overlapping`: dimensions in whose categories the same people may be counted several times, so that the whole
    is no sum: it is at least each part and at most their sum. `margins` then holds the count of every key that
    has "*" in such a dimension; other margins are sums.
    `where`: what all cells have in common, as {"period": "2026-11"}. Tables that are protected together share
    those cells that say the same of the same people.
    `statistics`: medians and the like for a key ("median", "p90", "mean"); they are shown with its count only.
    """

    dimensions: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]
    counts: Mapping[Key, int]
    sensitive: frozenset[Key] = frozenset()
    overlapping: frozenset[str] = frozenset()
    margins: Mapping[Key, int] = field(default_factory=_nothing)
    where: Mapping[str, str] = field(default_factory=_nothing)
    statistics: Mapping[Key, Mapping[str, float]] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class ProtectedTable:
    """What may be shown, and the only thing that views, files and charts take. Holds no hidden count.

    Comes from `reporting.disclosure` alone: anything else that builds one gets a TypeError.
    """

    dimensions: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]
    threshold: int
    audited: bool
    values: Mapping[Key, int | None]
    method: Method = Method.SUPPRESSION
    where: Mapping[str, str] = field(default_factory=_nothing)
    overlapping: frozenset[str] = frozenset()
    statistics: Mapping[Key, Mapping[str, float]] = field(default_factory=_nothing)
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("a protected table is made by protect() only")

    @property
    def suppressed(self) -> int:
        """How many values are hidden, margins included."""
        return sum(value is None for value in self.values.values())

    def value(self, /, **where: str) -> int | None:
        """The published value; a dimension that is not named stands for all. KeyError if unknown."""
        unknown = set(where) - set(self.dimensions)
        if unknown:
            raise KeyError(f"no dimension {sorted(unknown)}")
        return self.values[tuple(where.get(dimension, ALL) for dimension in self.dimensions)]

    def cells(self) -> list[dict[str, str | int | None]]:
        """Every cell and margin with its value, body first, then the margins, the grand total last."""
        return [{**dict(zip(self.dimensions, key, strict=True)), "value": value} for key, value in self.values.items()]

    def to_json(self) -> dict[str, Any]:
        """The answer of the contract "Protected table"."""
        return {
            "threshold": self.threshold,
            "audited": self.audited,
            "cells": self.cells(),
            "suppressed": self.suppressed,
        }


@dataclass(frozen=True, slots=True)
class Nesting:
    """The categories `parts` of a dimension make up its category `whole`: months of a quarter, services of a kind.

    `adds`: the whole is their sum. Else the same people may be in several parts: the whole is at least each of
    them and at most their sum.
    """

    dimension: str
    whole: str
    parts: tuple[str, ...]
    adds: bool = True


@dataclass(frozen=True, slots=True)
class Protected:
    """`tables`: in the order in which they came. `optimal`: no safe answer hides fewer values, nor as many with a
    smaller sum of counts. `bound`: how many values every safe answer hides at least."""

    tables: tuple[ProtectedTable, ...]
    optimal: bool
    bound: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Counts that agree with everything that is out. In the order in which they came."""

    tables: tuple[CountTable, ...]
    known: tuple[CountTable, ...]


def sealed(
    like: CountTable | ProtectedTable, threshold: int, values: Mapping[Key, int | None], method: Method,
    statistics: Mapping[Key, Mapping[str, float]],
) -> ProtectedTable:  # fmt: skip
    """A protected table of the shape of `like`. For the siblings of `reporting.disclosure`, after the audit only."""
    return ProtectedTable(
        like.dimensions, like.categories, threshold, True, MappingProxyType(dict(values)), method,
        MappingProxyType(dict(like.where)), like.overlapping, MappingProxyType(dict(statistics)), seal=_SEAL,
    )  # fmt: skip


def check_threshold(threshold: object) -> int:
    """The threshold itself; DisclosureError unless it is a whole number from 5 (domain rule 38)."""
    if isinstance(threshold, bool) or not isinstance(threshold, int) or threshold < LOWEST_THRESHOLD:
        raise DisclosureError("threshold", f"must be a whole number, {LOWEST_THRESHOLD} or more")
    return threshold


def without_statistics(table: ProtectedTable, keys: Collection[Key]) -> ProtectedTable:
    """The table with less: no statistics at these keys. What is left out tells nothing new."""
    kept = {key: found for key, found in table.statistics.items() if key not in keys}
    return replace(table, statistics=MappingProxyType(kept), seal=_SEAL)
