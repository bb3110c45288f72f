"""Bars: one value for each category, lying or standing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from reporting.charts.scale import Scale, scale
from reporting.charts.shapes import LETTERS, NARROW, WIDE, Box, Drawing, Label, Mark, Rule, Shape
from reporting.charts.text import width_of, wrapped
from reporting.disclosure import ProtectedTable
from reporting.figures import Figure, Pick, protected
from reporting.wording import Unit, is_french, number, shown

Names = Sequence[tuple[str, str]]
# A hidden value is drawn this large, whatever it is.
HIDDEN = 36.0
THICK, GAP = 20.0, 8.0
ZERO = 2.0


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    figure: Figure
    label: str


def read(table: ProtectedTable, dimension: str, names: Names, pick: Pick, unit: Unit) -> tuple[Bar, ...]:
    """The value of each category, in the order of `names`. TypeError for a table that is not protected."""
    found = [(name, pick.of(protected(table), **{dimension: code})) for code, name in names]
    return tuple(Bar(name, figure, said(name, unit.said(figure))) for name, figure in found)


def said(*parts: str) -> str:
    """As it is read aloud: "Quebec: 42 people"; in French with a space before the colon."""
    colon = "\u00a0: " if is_french() else ": "
    return ", ".join(parts[:-1]) + colon + parts[-1]


def lying(bars: Sequence[Bar], size: str) -> Drawing:
    """Bars from left to right; on a narrow page each under its name."""
    width, letters = (WIDE if size == "wide" else NARROW), LETTERS[size]
    left = _column(bars, letters) if size == "wide" else 0.0
    room = width - left - _widest(bars, letters) - 2 * GAP
    to = labelled_scale(max((bar.figure.value or 0 for bar in bars), default=0), room, letters)
    marks, y = list[Mark](), letters + GAP
    for bar in bars:
        mark, y = _lying(bar, to, left=left, y=y, width=width, size=size)
        marks.append(mark)
    labels, rules = _axis(to, left=left, bottom=y, letters=letters)
    return Drawing(size, width, y, tuple(marks), labels, rules)


def labelled_scale(greatest: float, room: float, letters: float) -> Scale:
    """With as many steps as their numbers have room beside each other."""
    for most in (5, 4, 3, 2):
        to = scale(greatest, room, most)
        widest = width_of(number(to.top), letters)
        if not to.count or room / to.count >= widest * 1.5 + GAP:
            return to
    return scale(greatest, room, 1)


def _column(bars: Sequence[Bar], letters: float) -> float:
    """The room that names take at the left of a wide drawing."""
    widest = max((width_of(bar.name, letters) for bar in bars), default=0)
    return ceil(min(widest, WIDE * 0.32) + 1.5 * GAP)


def _widest(bars: Sequence[Bar], letters: float) -> float:
    return max((width_of(shown(bar.figure), letters, bold=True) for bar in bars), default=0)


def _lying(bar: Bar, to: Scale, *, left: float, y: float, width: float, size: str) -> tuple[Mark, float]:
    """The bar, and where the next one begins."""
    letters = LETTERS[size]
    wide = size == "wide"
    lines = wrapped(bar.name, letters, (left - 1.5 * GAP) if wide else width - 2 * GAP, most=2)
    block = len(lines) * (letters + 3)
    height = max(block, THICK) if wide else block + THICK
    top = y + (height - THICK) / 2 if wide else y + block
    first = y + (height - block) / 2 + letters if wide else y + letters
    at = [(left - 1.5 * GAP, "end") if wide else (2.0, "start")] * len(lines)
    names = [
        Label(x, round(first + row * (letters + 3), 1), line, letters, "name", anchor)
        for row, (line, (x, anchor)) in enumerate(zip(lines, at, strict=True))
    ]
    shape = shape_of(bar.figure, to, left=left, top=top)
    end = shape.box.right if shape else left
    value = Label(round(end + GAP, 1), round(top + THICK * 0.75, 1), shown(bar.figure), letters, look(bar.figure))
    ring = Box(1, round(y - 2, 1), width - 2, round(height + 4, 1))
    mark = Mark(bar.label, ring, (shape,) if shape else (), (*names, value), bar.figure.hidden)
    return mark, round(y + height + GAP * (1 if wide else 1.5), 1)


def look(figure: Figure) -> str:
    return "hidden" if figure.hidden else "value"


def shape_of(figure: Figure, to: Scale, *, left: float, top: float) -> Shape | None:
    """A bar as long as the value; one mark of one size for every hidden one, a hair for zero."""
    if figure.hidden:
        return Shape(Box(left, round(top, 1), HIDDEN, THICK), "hidden")
    if figure.value is None:
        return None
    if not figure.value:
        return Shape(Box(left, round(top, 1), ZERO, THICK), "zero")
    return Shape(Box(left, round(top, 1), max(to.at(figure.value), ZERO), THICK), "tone-1")


def _axis(to: Scale, *, left: float, bottom: float, letters: float) -> tuple[tuple[Label, ...], tuple[Rule, ...]]:
    """Round numbers above, with a thin line down from each."""
    at = [(left + to.at(tick), number(tick)) for tick in to.ticks]
    labels = tuple(
        Label(round(x, 1), letters, text, letters, "axis", "start" if place == 0 else "middle")
        for place, (x, text) in enumerate(at)
    )
    rules = tuple(
        Rule(round(x, 1), letters + 4, round(x, 1), bottom - 2, "grid" if place else "axis")
        for place, (x, _text) in enumerate(at)
    )
    return labels, rules


def standing(bars: Sequence[Bar], size: str, *, height: float = 240.0) -> Drawing:
    """Bars from below, as long as every name and value fits under and over its own; lying ones otherwise."""
    width, letters = (WIDE if size == "wide" else NARROW), LETTERS[size]
    to = scale(max((bar.figure.value or 0 for bar in bars), default=0), height - 4 * letters - GAP, 4)
    left = round(max(width_of(number(tick), letters) for tick in to.ticks) + GAP)
    step = (width - left) / max(len(bars), 1)
    names = [wrapped(bar.name, letters, step - GAP) for bar in bars]
    if not _fits(bars, names, step - GAP, letters):
        return lying(bars, size)
    base = height - 2.5 * letters
    marks = tuple(
        _standing(bar, lines, to, x=left + step * place, step=step, base=base, letters=letters)
        for place, (bar, lines) in enumerate(zip(bars, names, strict=True))
    )
    ys = [(round(base - to.at(tick), 1), number(tick)) for tick in to.ticks]
    labels = tuple(Label(left - GAP, round(y + letters * 0.35, 1), text, letters, "axis", "end") for y, text in ys)
    rules = tuple(Rule(left, y, width, y, "grid" if place else "axis") for place, (y, _text) in enumerate(ys))
    return Drawing(size, width, height, marks, labels, rules)


def _fits(bars: Sequence[Bar], names: Sequence[tuple[str, ...]], room: float, letters: float) -> bool:
    short = all(len(lines) <= 2 and "…" not in "".join(lines) for lines in names)
    return short and all(width_of(shown(bar.figure), letters, bold=True) <= room for bar in bars) and room >= THICK


def _standing(
    bar: Bar, lines: Sequence[str], to: Scale, *, x: float, step: float, base: float, letters: float
) -> Mark:  # fmt: skip
    middle, thick = round(x + step / 2, 1), min(step - GAP, 44.0)
    tall = THICK if bar.figure.hidden else ZERO if not bar.figure.value else max(to.at(bar.figure.value), ZERO)
    kind = "hidden" if bar.figure.hidden else "tone-1" if bar.figure.value else "zero"
    box = Box(round(middle - thick / 2, 1), round(base - tall, 1), round(thick, 1), tall)
    shapes = () if bar.figure.value is None and not bar.figure.hidden else (Shape(box, kind),)
    value = Label(middle, round(base - tall - 6, 1), shown(bar.figure), letters, look(bar.figure), "middle")
    names = tuple(
        Label(middle, round(base + letters * (1.15 + 1.1 * row), 1), line, letters, "axis", "middle")
        for row, line in enumerate(lines)
    )
    ring = Box(round(x + 1, 1), 1, round(step - 2, 1), round(base + 2.5 * letters - 2, 1))
    return Mark(bar.label, ring, shapes, (value, *names), bar.figure.hidden)
