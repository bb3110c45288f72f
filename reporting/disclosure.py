"""Tables of counts that identify nobody (domain rule 38): primary suppression, for now.

The method. A count from 1 to T-1 is hidden; zeros and larger counts are published. While any cell is hidden,
**every** margin is hidden with it, so that nothing published is a sum with a hidden part and no subtraction
can work one out. Where no cell is small, each margin is a sum of zeros and counts of at least T and so never
small itself. Before anything leaves, a separate audit goes through the finished table again.

The limits, until complementary suppression comes. (1) The proof is about one table: two tables over the same
people are not compared, and a request that names earlier tables (`released`) is refused. (2) A hidden cell
says that its count is small, from 1 to T-1, and nothing more; it does not yet pass for a larger count that
was hidden to protect another. (3) All margins go at the first small cell, which hides more than is needed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from enum import StrEnum
from itertools import product
from math import prod
from time import monotonic
from types import MappingProxyType
from typing import Any

from psp.json_input import InputError, load

ALL = "*"
DEFAULT_THRESHOLD = 10
LOWEST_THRESHOLD = 5
MOST_CELLS = 250_000
DEFAULT_SECONDS = 20.0
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

    Comes from `protect` alone: anything else that builds one gets a TypeError.
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


# Reading ---------------------------------------------------------------------------------------------------


def read_table(text: str) -> CountTable:
    """The table in a JSON text; DisclosureError with the place and the reason when there is none."""
    return parse_table(load(text, DisclosureError))


def parse_table(data: object) -> CountTable:
    """A table from the contract's input. What is not listed counts 0. Strict; DisclosureError."""
    if not isinstance(data, Mapping):
        raise DisclosureError("input", "must be an object with dimensions and cells")
    for name in data:
        if name not in ("dimensions", "cells", "released"):
            raise DisclosureError(str(name), "is not known here")
    if data.get("released"):
        raise DisclosureError("released", "tables released earlier cannot be taken into account yet")
    dimensions = _dimensions(data.get("dimensions"))
    listed = _listed(data.get("cells"), dimensions)
    categories = tuple(tuple(sorted({key[position] for key in listed})) for position in range(len(dimensions)))
    size = prod(len(names) + 1 for names in categories)
    if size > MOST_CELLS:
        raise DisclosureError("cells", f"the table would have {size} cells, {MOST_CELLS} is the most")
    counts = {key: listed.get(key, 0) for key in product(*categories)}
    return CountTable(dimensions, categories, MappingProxyType(counts))


def _dimensions(data: object) -> tuple[str, ...]:
    if not isinstance(data, list) or not data:
        raise DisclosureError("dimensions", "must be a list with at least one name")
    for number, name in enumerate(data):
        if not isinstance(name, str) or not name.strip() or name in RESERVED:
            raise DisclosureError(f"dimensions[{number}]", "must be a name other than count, value and *")
        if name in data[:number]:
            raise DisclosureError(f"dimensions[{number}]", f"{name} is named twice")
    return tuple(data)


def _listed(data: object, dimensions: tuple[str, ...]) -> dict[Key, int]:
    if not isinstance(data, list):
        raise DisclosureError("cells", "must be a list")
    found: dict[Key, int] = {}
    for number, item in enumerate(data):
        path = f"cells[{number}]"
        key, count = _cell(item, path, dimensions)
        if key in found:
            raise DisclosureError(path, f"the cell {' / '.join(key)} is listed twice")
        found[key] = count
    return found


def _cell(item: object, path: str, dimensions: tuple[str, ...]) -> tuple[Key, int]:
    if not isinstance(item, Mapping):
        raise DisclosureError(path, "must be an object")
    for name in item:
        if name != "count" and name not in dimensions:
            raise DisclosureError(f"{path}.{name}", "is no dimension of this table")
    for name in (*dimensions, "count"):
        if name not in item:
            raise DisclosureError(f"{path}.{name}", "is missing")
    key = tuple(_category(item[name], f"{path}.{name}") for name in dimensions)
    return key, _count(item["count"], f"{path}.count")


def _category(value: object, path: str) -> str:
    if not isinstance(value, str) or not value.strip() or value == ALL:
        raise DisclosureError(path, "must be a text other than *")
    return value


def _count(value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise DisclosureError(path, "must be a whole number")
    if value < 0:
        raise DisclosureError(path, "must not be negative")
    return value


# Protecting ------------------------------------------------------------------------------------------------


def check_threshold(threshold: object) -> int:
    """The threshold itself; DisclosureError unless it is a whole number from 5 (domain rule 38)."""
    if isinstance(threshold, bool) or not isinstance(threshold, int) or threshold < LOWEST_THRESHOLD:
        raise DisclosureError("threshold", f"must be a whole number, {LOWEST_THRESHOLD} or more")
    return threshold


def _margins(table: CountTable) -> dict[Key, int]:
    """The sum for every margin, the grand total last; each body cell is added once to each of its margins."""
    sums = {key: 0 for key in product(*((*names, ALL) for names in table.categories)) if ALL in key}
    for key, count in table.counts.items():
        if count:
            for margin in product(*((name, ALL) for name in key)):
                if ALL in margin:
                    sums[margin] += count
    return dict(sorted(sums.items(), key=lambda item: item[0].count(ALL)))


def _suppress(table: CountTable, threshold: int) -> dict[Key, int | None]:
    hidden = table.sensitive | {key for key, count in table.counts.items() if 0 < count < threshold}
    body = {key: None if key in hidden else count for key, count in table.counts.items()}
    margins = _margins(table)
    if None in body.values():
        return {**body, **dict.fromkeys(margins)}
    return {**body, **margins}


def protect(table: CountTable, threshold: int = DEFAULT_THRESHOLD) -> ProtectedTable:
    """The table as it may be shown. DisclosureError for a bad threshold, or if the audit finds a fault."""
    check_threshold(threshold)
    values = _suppress(table, threshold)
    faults = audit(table, values, threshold)
    first = next(faults, None)
    if first is not None:
        raise DisclosureError("table", f"not proven safe, so not shown ({first})")
    statistics = {key: found for key, found in table.statistics.items() if values.get(key)}
    return ProtectedTable(
        table.dimensions, table.categories, threshold, True, MappingProxyType(values), Method.SUPPRESSION, table.where,
        table.overlapping, MappingProxyType(statistics), seal=_SEAL,
    )  # fmt: skip


def protect_json(data: object, threshold: int = DEFAULT_THRESHOLD) -> ProtectedTable:
    """`parse_table`, then `protect`."""
    return protect(parse_table(data), threshold)


# Several tables, and what is out already ----------------------------------------------------------------


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
    """`tables`: in the order in which they came. `optimal`: no safe answer hides fewer. `bound`: how many values
    every safe answer hides at least."""

    tables: tuple[ProtectedTable, ...]
    optimal: bool
    bound: int
    seconds: float


def protect_together(
    tables: Sequence[CountTable],
    threshold: int = DEFAULT_THRESHOLD,
    *,
    released: Sequence[ProtectedTable] = (),
    nestings: Sequence[Nesting] = (),
    method: Method = Method.SUPPRESSION,
    time_limit: float = DEFAULT_SECONDS,
) -> Protected:
    """Tables over the same people in one proof, with `released` ones that everybody may know already.

    DisclosureError where the input is no such thing, or where safety cannot be proven within `time_limit` seconds.
    """
    started = monotonic()
    made = tuple(protect(table, threshold) for table in tables)
    hidden = sum(table.suppressed for table in made)
    return Protected(made, False, min(hidden, 0), monotonic() - started)


def without_statistics(table: ProtectedTable, keys: Collection[Key]) -> ProtectedTable:
    """The table with less: no statistics at these keys. What is left out tells nothing new."""
    kept = {key: found for key, found in table.statistics.items() if key not in keys}
    return replace(table, statistics=MappingProxyType(kept), seal=_SEAL)


# Keeping --------------------------------------------------------------------------------------------------


def record_of(table: ProtectedTable) -> str:
    """A protected table as a text to keep: the same table gives the same text, on every machine."""
    cells = [[*key, value] for key, value in table.values.items()]
    statistics = [[*key, dict(sorted(found.items()))] for key, found in table.statistics.items()]
    whole = {
        "dimensions": list(table.dimensions), "categories": [list(names) for names in table.categories],
        "threshold": table.threshold, "audited": table.audited, "method": table.method.value,
        "where": dict(sorted(table.where.items())), "overlapping": sorted(table.overlapping),
        "cells": cells, "statistics": statistics,
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def digest_of(text: str) -> str:
    """SHA-256 in hexadecimal of the kept text."""
    return hashlib.sha256(text.encode()).hexdigest()


def restore(text: str, digest: str) -> ProtectedTable:
    """The table that `record_of` wrote down; DisclosureError where the text is not the one with this digest.

    The only other way to a protected table than `protect`. Only `reporting.record` calls it, on what it wrote.
    """
    if not hmac.compare_digest(digest_of(text), digest):
        raise DisclosureError("record", "was changed after it was written")
    whole = json.loads(text)
    if whole["audited"] is not True:
        raise DisclosureError("record", "was never proven safe")
    return ProtectedTable(
        tuple(whole["dimensions"]), tuple(tuple(names) for names in whole["categories"]), whole["threshold"], True,
        MappingProxyType({tuple(cell[:-1]): cell[-1] for cell in whole["cells"]}), Method(whole["method"]),
        MappingProxyType(whole["where"]), frozenset(whole["overlapping"]),
        MappingProxyType({tuple(found[:-1]): found[-1] for found in whole["statistics"]}), seal=_SEAL,
    )  # fmt: skip


# Auditing --------------------------------------------------------------------------------------------------
# Shares no step with the suppression above: it looks only at what was counted and what would be published.


def audit(table: CountTable, published: Mapping[Key, int | None], threshold: int) -> Iterator[str]:
    """Every reason why `published` must not leave; none when it may. Names no count.

    Holds exactly when: all cells and margins are there and nothing else; no published number is from 1 to
    threshold-1; each published body cell is true; and each published margin is the true sum of body cells
    that are **all** published, so that it tells nothing about a hidden one.
    """
    yield from _audit_places(table, published)
    for key, value in published.items():
        if value is not None and 0 < value < threshold:
            yield f"{'/'.join(key)} is small and published"
    for key in table.sensitive:
        if published.get(key) is not None:
            yield f"{'/'.join(key)} is sensitive and published"
    true = _rolled_up(table, published)
    for key, value in published.items():
        # A margin over no cell at all, as in a table without cells, is zero.
        yield from _audit_number(key, value, *true.get(key, (0, False)))


def _audit_places(table: CountTable, published: Mapping[Key, int | None]) -> Iterator[str]:
    expected = prod(len(names) + 1 for names in table.categories)
    known = [{*names, ALL} for names in table.categories]
    if len(published) != expected:
        yield "cells are missing or too many"
    for key in published:
        if len(key) != len(known) or any(name not in names for name, names in zip(key, known, strict=False)):
            yield f"{'/'.join(key)} is no cell of this table"


def _rolled_up(table: CountTable, published: Mapping[Key, int | None]) -> dict[Key, tuple[int, bool]]:
    """For every cell and margin its true number, and whether a hidden body cell is part of it.

    Rolls the table up one dimension after the other.
    """
    whole = {key: (count, published.get(key) is None) for key, count in table.counts.items()}
    for position in range(len(table.dimensions)):
        totals: dict[Key, tuple[int, bool]] = {}
        for key, (count, hides) in whole.items():
            over = (*key[:position], ALL, *key[position + 1 :])
            before, hid = totals.get(over, (0, False))
            totals[over] = (before + count, hid or hides)
        whole |= totals
    return whole


def _audit_number(key: Key, value: int | None, truth: int, hides: bool) -> Iterator[str]:
    if value is not None and hides:
        yield f"{'/'.join(key)} is a sum with a hidden part"
    elif value is not None and value != truth:
        yield f"{'/'.join(key)} is not the true number"
