"""A protected table as people read it: rows and columns, all together at the end."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.choices import Measure
from reporting.disclosure import ALL, Key, ProtectedTable
from reporting.files.books import breakdown, protected
from reporting.files.words import Vocabulary, measure_name

DOUBLE = 2


@dataclass(frozen=True, slots=True)
class Grid:
    """`heading` names the rows. Values are None where they are hidden; "" where there is nothing to say."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | str | None, ...]], ...]
    measure: str = Measure.COUNT.value


def grids(table: ProtectedTable, vocabulary: Vocabulary) -> list[Grid]:
    """One grid of numbers; with two dimensions, one more for each median or the like."""
    protected(table)
    names = breakdown(table)
    measures = _measures(table)
    if len(names) < DOUBLE:
        return [_single(table, names, measures, vocabulary)]
    return [_double(table, measure, vocabulary) for measure in measures]


def _measures(table: ProtectedTable) -> list[str]:
    found = {measure for key, said in table.statistics.items() if table.values[key] is not None for measure in said}
    return [Measure.COUNT.value, *sorted(found)]


def _value(table: ProtectedTable, key: Key, measure: str) -> float | str | None:
    value = table.values[key]
    if measure == Measure.COUNT.value or value is None:
        return value
    return table.statistics.get(key, {}).get(measure, "")


def _single(table: ProtectedTable, names: tuple[str, ...], measures: list[str], vocabulary: Vocabulary) -> Grid:
    name = names[0] if names else ""
    rows = tuple(
        (
            vocabulary.category(name, key[0]) if name else vocabulary.breakdown(()),
            tuple(_value(table, key, one) for one in measures),
        )
        for key in vocabulary.keys(table)
    )
    heading = vocabulary.dimension(name) if name else vocabulary.breakdown(())
    return Grid(heading, tuple(measure_name(one) for one in measures), rows)


def _double(table: ProtectedTable, measure: str, vocabulary: Vocabulary) -> Grid:
    # The longer one goes down the page.
    down, across = sorted((0, 1), key=lambda at: -len(table.categories[at]))
    lines = [[*vocabulary.in_order(table.dimensions[at], table.categories[at]), ALL] for at in (down, across)]

    def value(row: str, column: str) -> float | str | None:
        key = (row, column) if down == 0 else (column, row)
        return _value(table, key, measure)

    return Grid(
        vocabulary.dimension(table.dimensions[down]),
        tuple(vocabulary.category(table.dimensions[across], one) for one in lines[1]),
        tuple(
            (vocabulary.category(table.dimensions[down], row), tuple(value(row, column) for column in lines[1]))
            for row in lines[0]
        ),
        measure,
    )
