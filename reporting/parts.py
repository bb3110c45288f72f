"""Of which part of what is counted an indicator speaks, and what published figures say of it. Free of counts."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.counters.base import Counter, counter
from reporting.dimensions import codes
from reporting.disclosure import ProtectedTable
from reporting.models import Indicator, Series


@dataclass(frozen=True, slots=True)
class Part:
    """Some categories of one dimension: "accepted", "accepted+deferred", "trained=yes"."""

    dimension: str
    categories: tuple[str, ...]


def part_of(indicator: Indicator) -> Part | None:
    """None where it speaks of all. Categories are of the counter's split unless another dimension is named."""
    return parse_part(indicator.part, counter(indicator.series.counter).split)


def parse_part(text: str, split: str) -> Part | None:
    if not text:
        return None
    dimension, _is, categories = text.rpartition("=")
    return Part(dimension or split, tuple(categories.split("+")))


def value(table: ProtectedTable, part: Part | None, /, **where: str) -> int | None:
    """The published number of the part, None where it is hidden.

    A sum of its categories where all are published, or else all less the others: both are worked out from what is
    published, so that they tell nothing new.
    """
    if part is None:
        return table.value(**where)
    found = _sum(table, part, part.categories, where)
    if found is not None:
        return found
    whole = table.value(**where)
    others = [code for code in table.categories[table.dimensions.index(part.dimension)] if code not in part.categories]
    rest = _sum(table, part, tuple(others), where)
    return None if whole is None or rest is None or part.dimension in table.overlapping else whole - rest


def _sum(table: ProtectedTable, part: Part, categories: tuple[str, ...], where: dict[str, str]) -> int | None:
    values = [table.value(**where, **{part.dimension: code}) for code in categories]
    return None if any(one is None for one in values) else sum(one for one in values if one is not None)


def faults(series: Series) -> list[str]:
    """Why this definition cannot be counted; none when it can."""
    try:
        which = counter(series.counter)
    except KeyError:
        return [f"counter {series.counter} is not known"]
    found = [f"breakdown {names}" for names in series.breakdowns if not _is_known(names, which)]
    # Twice the same would be two tables in one place of the record.
    found += [f"breakdown {names} twice" for names in series.breakdowns if _times(names, series.breakdowns) > 1]
    for indicator in series.indicators.all():
        part = part_of(indicator)
        if part is not None and not (
            part.dimension in which.dimensions and set(part.categories) <= set(codes(part.dimension))
        ):
            found.append(f"part {indicator.part}")
    return found


def _times(names: list[str], breakdowns: list[list[str]]) -> int:
    return sum(set(names) == set(other) for other in breakdowns)


def _is_known(names: list[str], which: Counter) -> bool:
    bare = [name.split("=")[0] for name in names]
    known = 1 <= len(bare) <= 2 and len(set(bare)) == len(bare) and set(bare) <= which.dimensions
    return known and all(which.only[name] in names for name in set(bare) & set(which.only))
