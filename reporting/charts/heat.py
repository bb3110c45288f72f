"""A heat map: two dimensions, the value written in every field, the ground the darker the more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from reporting.charts.bars import GAP, Bar, Names, look, lying, said
from reporting.charts.scale import Scale, scale
from reporting.charts.shapes import LETTERS, NARROW, WIDE, Box, Drawing, Label, Mark, Shape
from reporting.charts.stacks import key
from reporting.charts.text import width_of, wrapped
from reporting.disclosure import ProtectedTable
from reporting.figures import Figure, Pick, protected
from reporting.wording import Unit, hidden_word, number, shown

TALL = 34.0
SHADES = 4


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Bar, ...]


def read(
    table: ProtectedTable, rows: tuple[str, Names], columns: tuple[str, Names], pick: Pick, unit: Unit
) -> tuple[Row, ...]:
    """Rows and columns: code of the dimension, and its categories in order. TypeError unless protected."""
    found = []
    for code, name in rows[1]:
        cells = []
        for other, called in columns[1]:
            figure = pick.of(protected(table), **{rows[0]: code, columns[0]: other})
            cells.append(Bar(called, figure, said(name, called, unit.said(figure))))
        found.append(Row(name, tuple(cells)))
    return tuple(found)


def heat_map(rows: Sequence[Row], size: str) -> Drawing:
    """On a page that is too narrow for the columns, the same values as bars under the name of each row."""
    width, letters = (WIDE if size == "wide" else NARROW), LETTERS[size]
    wide = size == "wide"
    widest = max((width_of(row.name, letters) for row in rows), default=0)
    left = ceil(min(widest, WIDE * 0.3) + 1.5 * GAP) if wide else 0.0
    heads = [cell.name for cell in rows[0].cells] if rows else []
    step = (width - left) / max(len(heads), 1)
    lines = [wrapped(head, letters, step - 6) for head in heads]
    if not _fits(rows, lines, step - 4, letters):
        return lying(_flat(rows), size)
    to = scale(max((cell.figure.value or 0 for row in rows for cell in row.cells), default=0), 1, SHADES)
    shapes, labels, y = _key(rows, to, width, letters)
    y += letters
    labels = (*labels, *_heads(lines, left=left, step=step, y=y, letters=letters))
    y += max((len(one) for one in lines), default=0) * (letters + 2)
    marks = list[Mark]()
    for row in rows:
        names, y = _row_name(row.name, left=left, y=y, width=width, letters=letters, wide=wide)
        labels = (*labels, *names)
        marks += [_cell(cell, to, Box(round(left + step * at + 1, 1), round(y, 1), round(step - 2, 1), TALL), letters)
                  for at, cell in enumerate(row.cells)]  # fmt: skip
        y += TALL + (2 if wide else GAP)
    return Drawing(size, width, round(y + 2, 1), tuple(marks), labels, (), (), shapes)


def _fits(rows: Sequence[Row], lines: Sequence[tuple[str, ...]], room: float, letters: float) -> bool:
    whole = all(width_of(line, letters) <= room and "…" not in line for one in lines for line in one)
    return whole and all(width_of(shown(cell.figure), letters, bold=True) <= room for row in rows for cell in row.cells)


def _flat(rows: Sequence[Row]) -> list[Bar]:
    return [Bar(f"{row.name}, {cell.name}", cell.figure, cell.label) for row in rows for cell in row.cells]


def _key(
    rows: Sequence[Row], to: Scale, width: float, letters: float
) -> tuple[tuple[Shape, ...], tuple[Label, ...], float]:
    entries = [("0", "heat-0"), *((f"≤\u00a0{number(tick)}", f"heat-{shade(tick, to)}") for tick in to.ticks[1:])]
    if any(cell.figure.hidden for row in rows for cell in row.cells):
        entries.append((hidden_word(), "hidden"))
    return key(entries, width, letters)


def shade(value: float, to: Scale) -> int:
    """0 for zero, 1 to 4 for more."""
    return min(SHADES, ceil(value / to.step - 1e-9)) if value else 0


def _heads(
    lines: Sequence[tuple[str, ...]], *, left: float, step: float, y: float, letters: float
) -> list[Label]:  # fmt: skip
    """Names of the columns, the last line of each just above the fields."""
    tallest = max((len(one) for one in lines), default=0)
    return [
        Label(
            round(left + step * (at + 0.5), 1), round(y + (tallest - len(one) + row) * (letters + 2), 1), line,
            letters, "axis", "middle",
        )
        for at, one in enumerate(lines) for row, line in enumerate(one)
    ]  # fmt: skip


def _row_name(
    name: str, *, left: float, y: float, width: float, letters: float, wide: bool
) -> tuple[list[Label], float]:
    if not wide:
        lines = wrapped(name, letters, width - GAP, most=2)
        made = [Label(0, round(y + letters + row * (letters + 3), 1), line, letters) for row, line in enumerate(lines)]
        return made, round(y + len(lines) * (letters + 3) + 3, 1)
    lines = wrapped(name, letters, left - 1.5 * GAP, most=2)
    first = y + TALL / 2 - len(lines) * (letters + 1) / 2 + letters * 0.9
    return [Label(left - 1.5 * GAP, round(first + row * (letters + 1), 1), line, letters, "name", "end")
            for row, line in enumerate(lines)], y  # fmt: skip


def _cell(cell: Bar, to: Scale, box: Box, letters: float) -> Mark:
    figure: Figure = cell.figure
    ground = "hidden" if figure.hidden else f"heat-{shade(figure.value or 0, to)}"
    middle = round(box.x + box.width / 2, 1)
    text = Label(middle, round(box.y + TALL / 2 + letters * 0.35, 1), shown(figure), letters, look(figure), "middle")
    shapes: tuple[Shape, ...] = (Shape(box, ground),)
    if figure.hidden:
        plate = text.box.grown(2)
        shapes = (*shapes, Shape(plate, "plate"))
    return Mark(cell.label, box, shapes, (text,), figure.hidden)
