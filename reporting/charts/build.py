"""Whole charts: from protected tables to drawings for both widths, with what they say in words."""

from __future__ import annotations

from collections.abc import Sequence

from reporting.charts import bars, findings, heat, lines, stacks
from reporting.charts.bars import Names
from reporting.charts.lines import When
from reporting.charts.shapes import Chart
from reporting.disclosure import ProtectedTable
from reporting.figures import Pick
from reporting.wording import Unit

BOTH = ("narrow", "wide")


def bar_chart(
    title: str, table: ProtectedTable, dimension: str, names: Names, pick: Pick, unit: Unit, *, upright: bool = False
) -> Chart:
    """A bar for each category, in the order of `names` (code, name)."""
    found = bars.read(table, dimension, names, pick, unit)
    draw = bars.standing if upright else bars.lying
    telling = any(bar.figure.value for bar in found)
    return Chart(title, findings.of_bars(found, unit), tuple(draw(found, size) for size in BOTH), telling)


def stacked_chart(
    title: str, table: ProtectedTable, dimension: str, names: Names, split: str, parts: Names, unit: Unit
) -> Chart:
    """A bar for each category, made up of the parts of `split`; one bar for all where `dimension` is ""."""
    found = stacks.read(table, dimension, names, split, parts, unit)
    telling = any(stack.known for stack in found)
    return Chart(title, findings.of_stacks(found, unit), tuple(stacks.stacked(found, size) for size in BOTH), telling)


def heat_chart(
    title: str, table: ProtectedTable, rows: tuple[str, Names], columns: tuple[str, Names], pick: Pick, unit: Unit
) -> Chart:
    found = heat.read(table, rows, columns, pick, unit)
    telling = any(cell.figure.value for row in found for cell in row.cells)
    return Chart(title, findings.of_heat(found, unit), tuple(heat.heat_map(found, size) for size in BOTH), telling)


def line_chart(
    title: str, tables: Sequence[tuple[When, ProtectedTable | None]], pick: Pick, unit: Unit, *, small: bool = False
) -> Chart:
    """A value for each period, the oldest first. `small`: one of several beside each other."""
    found = lines.read(tables, pick, unit)
    sizes = ("small",) if small else BOTH
    telling = len([point for point in found if point.value is not None]) > 1 and any(point.value for point in found)
    return Chart(title, findings.of_line(found, unit), tuple(lines.line(found, size) for size in sizes), telling)
