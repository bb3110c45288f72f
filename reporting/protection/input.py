"""The contract "Protected table" (`docs/contracts.md`): strict, and a DisclosureError with the place for all else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Any

from psp.json_input import load
from reporting.protection.input_parts import category_in, count_in, dimensions_in, method_in
from reporting.protection.input_released import parse_released
from reporting.protection.types import (
    MOST_CELLS,
    CountTable,
    DisclosureError,
    Key,
    Method,
    Nesting,
    Protected,
    ProtectedTable,
)

REQUEST = frozenset({"dimensions", "cells", "tables", "released", "nestings", "method"})


@dataclass(frozen=True, slots=True)
class Request:
    """`names`: of several tables in one request; empty for the one table of the contract."""

    tables: tuple[CountTable, ...]
    names: tuple[str, ...] = ()
    released: tuple[ProtectedTable, ...] = ()
    nestings: tuple[Nesting, ...] = ()
    method: Method = Method.SUPPRESSION

    def answer(self, made: Protected) -> dict[str, Any]:
        """As the contract has it; for several tables, each under its name."""
        if not self.names:
            return {**made.tables[0].to_json(), "optimal": made.optimal}
        tables = [
            {"name": name, "cells": table.cells(), "suppressed": table.suppressed}
            for name, table in zip(self.names, made.tables, strict=True)
        ]
        return {
            "threshold": made.tables[0].threshold, "audited": all(table.audited for table in made.tables),
            "tables": tables, "suppressed": sum(table.suppressed for table in made.tables), "optimal": made.optimal,
        }  # fmt: skip


def read_request(text: str) -> Request:
    """What a JSON text asks for; DisclosureError with the place and the reason."""
    return parse_request(load(text, DisclosureError))


def read_table(text: str) -> CountTable:
    """The one table in a JSON text."""
    return parse_table(load(text, DisclosureError))


def parse_table(data: object) -> CountTable:
    """The one table of a request that asks for nothing else. What is not listed counts 0."""
    request = parse_request(data)
    for name, there in (("tables", request.names), ("released", request.released), ("nestings", request.nestings)):
        if there:
            raise DisclosureError(name, "is more than one table by itself")
    return request.tables[0]


def parse_request(data: object) -> Request:
    if not isinstance(data, Mapping):
        raise DisclosureError("input", "must be an object with dimensions and cells")
    for name in data:
        if name not in REQUEST:
            raise DisclosureError(str(name), "is not known here")
    names: tuple[str, ...] = ()
    if "tables" in data:
        names, tables = _tables(data)
    else:
        tables = (_table(data, ""),)
    released, more = parse_released(data.get("released", []), tables)
    nestings = (*_nestings(data.get("nestings", [])), *more)
    return Request(tables, names, released, nestings, method_in(data.get("method", Method.SUPPRESSION.value), "method"))


def _tables(data: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[CountTable, ...]]:
    for name in ("dimensions", "cells"):
        if name in data:
            raise DisclosureError(name, "belongs into one of the tables")
    listed = data["tables"]
    if not isinstance(listed, list) or not listed:
        raise DisclosureError("tables", "must be a list with at least one table")
    names: list[str] = []
    tables: list[CountTable] = []
    for number, item in enumerate(listed):
        path = f"tables[{number}]"
        if not isinstance(item, Mapping):
            raise DisclosureError(path, "must be an object with name, dimensions and cells")
        for name in item:
            if name not in ("name", "dimensions", "cells"):
                raise DisclosureError(f"{path}.{name}", "is not known here")
        named = item.get("name")
        if not isinstance(named, str) or not named.strip() or named in names:
            raise DisclosureError(f"{path}.name", "must be a name that no other table has")
        names.append(named)
        tables.append(_table(item, f"{path}."))
    return tuple(names), _with_the_same_categories(tables)


def _with_the_same_categories(tables: Sequence[CountTable]) -> tuple[CountTable, ...]:
    """A category that one table lists counts 0 in the others that have its dimension."""
    every: dict[str, set[str]] = {}
    for table in tables:
        for name, categories in zip(table.dimensions, table.categories, strict=True):
            every.setdefault(name, set()).update(categories)
    return tuple(
        _count_table(table.dimensions, table.counts, tuple(tuple(sorted(every[name])) for name in table.dimensions), "")
        for table in tables
    )


def _table(data: Mapping[str, Any], path: str) -> CountTable:
    dimensions = dimensions_in(data.get("dimensions"), f"{path}dimensions")
    listed = _listed(data.get("cells"), dimensions, f"{path}cells")
    categories = tuple(tuple(sorted({key[position] for key in listed})) for position in range(len(dimensions)))
    return _count_table(dimensions, listed, categories, path)


def _count_table(
    dimensions: tuple[str, ...], listed: Mapping[Key, int], categories: tuple[tuple[str, ...], ...], path: str
) -> CountTable:
    size = prod(len(names) + 1 for names in categories)
    if size > MOST_CELLS:
        raise DisclosureError(f"{path}cells", f"the table would have {size} cells, {MOST_CELLS} is the most")
    counts = {key: listed.get(key, 0) for key in product(*categories)}
    return CountTable(dimensions, categories, MappingProxyType(counts))


def _listed(data: object, dimensions: tuple[str, ...], path: str) -> dict[Key, int]:
    if not isinstance(data, list):
        raise DisclosureError(path, "must be a list")
    found: dict[Key, int] = {}
    for number, item in enumerate(data):
        place = f"{path}[{number}]"
        key, count = _cell(item, place, dimensions)
        if key in found:
            raise DisclosureError(place, f"the cell {' / '.join(key)} is listed twice")
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
    key = tuple(category_in(item[name], f"{path}.{name}") for name in dimensions)
    return key, count_in(item["count"], f"{path}.count")


def _nestings(data: object) -> tuple[Nesting, ...]:
    if not isinstance(data, list):
        raise DisclosureError("nestings", "must be a list")
    found: list[Nesting] = []
    for number, item in enumerate(data):
        path = f"nestings[{number}]"
        if not isinstance(item, Mapping):
            raise DisclosureError(path, "must be an object with dimension, whole and parts")
        for name in item:
            if name not in ("dimension", "whole", "parts", "adds"):
                raise DisclosureError(f"{path}.{name}", "is not known here")
        dimension, whole = (category_in(item.get(name), f"{path}.{name}") for name in ("dimension", "whole"))
        parts, adds = item.get("parts"), item.get("adds", True)
        if not isinstance(parts, list) or not parts:
            raise DisclosureError(f"{path}.parts", "must be a list with at least one category")
        named = [category_in(part, f"{path}.parts[{at}]") for at, part in enumerate(parts)]
        if len(set(named)) < len(named) or whole in named:
            raise DisclosureError(f"{path}.parts", "must be different categories")
        if not isinstance(adds, bool):
            raise DisclosureError(f"{path}.adds", "must be true or false")
        found.append(Nesting(dimension, whole, tuple(named), adds))
    return tuple(found)
