"""Tables that were released before, as JSON: what they showed, and where it lies in the table of today.

`where` names a category of a dimension, or several, of which the cells are the sum. A dimension that is named neither
in the cells nor in `where` stands for all. Cells that are not listed say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reporting.protection.input_parts import count_in, dimensions_in, method_in
from reporting.protection.rounding import interval_of
from reporting.protection.types import (
    ALL,
    DEFAULT_THRESHOLD,
    RESERVED,
    CountTable,
    DisclosureError,
    Key,
    Method,
    Nesting,
    ProtectedTable,
    check_threshold,
    sealed,
)

RELEASED = frozenset({"threshold", "audited", "cells", "suppressed", "where", "dimensions", "method", "optimal"})


def parse_released(
    data: object, tables: Sequence[CountTable]
) -> tuple[tuple[ProtectedTable, ...], tuple[Nesting, ...]]:
    """The tables, and one nesting for every list of categories in a `where`."""
    if not isinstance(data, list):
        raise DisclosureError("released", "must be a list")
    listed: dict[str, set[str]] = {}
    for table in tables:
        for name, categories in zip(table.dimensions, table.categories, strict=True):
            listed.setdefault(name, set()).update(categories)
    found: list[ProtectedTable] = []
    nestings: dict[tuple[str, str], Nesting] = {}
    for number, item in enumerate(data):
        path = f"released[{number}]"
        if not isinstance(item, Mapping):
            raise DisclosureError(path, "must be an object with cells")
        for name in item:
            if name not in RELEASED:
                raise DisclosureError(f"{path}.{name}", "is not known here")
        where = _where(item.get("where", {}), f"{path}.where", nestings, listed)
        found.append(_released(item, path, where, listed))
    return tuple(found), tuple(nestings.values())


def _where(
    data: object, path: str, nestings: dict[tuple[str, str], Nesting], listed: Mapping[str, set[str]]
) -> dict[str, str]:
    """Dimension → category. A list of categories becomes one of its own, which they make up (added to `nestings`)."""
    if not isinstance(data, Mapping):
        raise DisclosureError(path, "must be an object of dimensions and categories")
    where: dict[str, str] = {}
    for name, value in data.items():
        if not isinstance(name, str) or not name.strip() or name in RESERVED:
            raise DisclosureError(path, "must name dimensions other than count, value and *")
        categories = value if isinstance(value, list) else [value]
        if not categories or not all(isinstance(one, str) and one.strip() and one != ALL for one in categories):
            raise DisclosureError(f"{path}.{name}", "must be a category or a list of categories")
        if len(set(categories)) < len(categories):
            raise DisclosureError(f"{path}.{name}", "names a category twice")
        where[name] = categories[0]
        if len(categories) > 1:
            # No category of an input holds this sign, which no text on paper does.
            whole = "\x1f".join(sorted(categories))
            nestings[name, whole] = Nesting(name, whole, tuple(sorted(categories)))
            where[name] = whole
    return where


def _released(
    data: Mapping[str, Any], path: str, where: dict[str, str], listed: Mapping[str, set[str]]
) -> ProtectedTable:
    threshold = check_threshold(data.get("threshold", DEFAULT_THRESHOLD))
    if data.get("audited", True) is not True:
        raise DisclosureError(f"{path}.audited", "was never proven safe")
    method = method_in(data.get("method", Method.SUPPRESSION.value), f"{path}.method")
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise DisclosureError(f"{path}.cells", "must be a list")
    dimensions = _dimensions(data, cells, path)
    values: dict[Key, int | None] = {}
    for number, item in enumerate(cells):
        key = _key(item, f"{path}.cells[{number}]", dimensions)
        if key in values:
            raise DisclosureError(f"{path}.cells[{number}]", "is listed twice")
        values[key] = _value(item, f"{path}.cells[{number}]", threshold, method)
        _listed_today(key, dimensions, listed, values[key], f"{path}.cells[{number}]")
    for name in dimensions:
        if name in where:
            raise DisclosureError(f"{path}.where.{name}", "is a dimension of the cells too")
    categories = tuple(
        tuple(sorted({key[position] for key in values} - {ALL} | listed.get(name, set())))
        for position, name in enumerate(dimensions)
    )
    like = CountTable(dimensions, categories, {}, where=where)
    return sealed(like, threshold, values, method, {})


def _dimensions(data: Mapping[str, Any], cells: Sequence[Any], path: str) -> tuple[str, ...]:
    if "dimensions" in data:
        return dimensions_in(data["dimensions"], f"{path}.dimensions")
    if not cells or not isinstance(cells[0], Mapping):
        raise DisclosureError(f"{path}.cells", "must hold at least one cell, where no dimensions are named")
    named = [name for name in cells[0] if name != "value"]
    return dimensions_in(named, f"{path}.cells[0]") if named else ()


def _key(item: object, path: str, dimensions: tuple[str, ...]) -> Key:
    if not isinstance(item, Mapping):
        raise DisclosureError(path, "must be an object")
    for name in item:
        if name != "value" and name not in dimensions:
            raise DisclosureError(f"{path}.{name}", "is no dimension of this table")
    for name in dimensions:
        if not isinstance(item.get(name), str) or not item[name].strip():
            raise DisclosureError(f"{path}.{name}", "must be a category or *")
    return tuple(item[name] for name in dimensions)


def _value(item: Mapping[str, Any], path: str, threshold: int, method: Method) -> int | None:
    if "value" not in item:
        raise DisclosureError(f"{path}.value", "is missing")
    if item["value"] is None:
        return None
    value = count_in(item["value"], f"{path}.value")
    if 0 < value < threshold:
        raise DisclosureError(f"{path}.value", "is small and was published: no protected table holds it")
    if interval_of(value, threshold, method)[0] > interval_of(value, threshold, method)[1]:
        raise DisclosureError(f"{path}.value", "is no rounded number")
    return value


def _listed_today(
    key: Key, dimensions: tuple[str, ...], listed: Mapping[str, set[str]], value: int | None, path: str
) -> None:
    """A category that is gone may have had nobody; whoever was in it is missing from the table of today."""
    for name, category in zip(dimensions, key, strict=True):
        if value != 0 and category != ALL and name in listed and category not in listed[name]:
            raise DisclosureError(f"{path}.{name}", "is no category of the table of today, not the same people")
