"""Stacked bars: what each category is made up of. A hidden part stands apart, in one size for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from reporting.charts.bars import GAP, HIDDEN, THICK, ZERO, Names, labelled_scale, said
from reporting.charts.scale import Scale, scale
from reporting.charts.shapes import LETTERS, NARROW, WIDE, Box, Drawing, Label, Mark, Rule, Shape
from reporting.charts.text import width_of, wrapped
from reporting.disclosure import ProtectedTable
from reporting.figures import Figure, Pick, protected
from reporting.wording import Unit, hidden_word, number, shown

TALL = 24.0
# Of a hidden part where there are many: then all of them are so slim.
SLIM = 16.0
TONES = 8


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    figure: Figure
    label: str
    look: str


@dataclass(frozen=True, slots=True)
class Stack:
    name: str
    parts: tuple[Part, ...]

    @property
    def known(self) -> float:
        return sum(part.figure.value or 0 for part in self.parts)

    @property
    def hidden(self) -> int:
        return sum(part.figure.hidden for part in self.parts)


def read(
    table: ProtectedTable, dimension: str, names: Names, split: str, parts: Names, unit: Unit
) -> tuple[Stack, ...]:
    """For each category its parts; one bar for all where `dimension` is "". TypeError unless protected."""
    found = []
    for code, name in names:
        where = {dimension: code} if dimension else {}
        drawn = []
        for place, (part, called) in enumerate(parts):
            figure = Pick(dimension=split, categories=(part,)).of(protected(table), **where)
            spoken = said(name, called, unit.said(figure)) if dimension else said(called, unit.said(figure))
            drawn.append(Part(called, figure, spoken, f"tone-{place % TONES + 1}"))
        found.append(Stack(name, tuple(drawn)))
    return tuple(found)


def stacked(stacks: Sequence[Stack], size: str) -> Drawing:
    """The key above, then a bar for each; `size`: "wide" or narrow."""
    width, letters = (WIDE if size == "wide" else NARROW), LETTERS[size]
    named = len(stacks) > 1
    wide = size == "wide" and named
    widest = max((width_of(stack.name, letters) for stack in stacks), default=0)
    left = ceil(min(widest, WIDE * 0.32) + 1.5 * GAP) if wide else 0.0
    key_shapes, key_labels, y = _key(stacks, width, letters)
    # Room for the marks of what is hidden stands beside the scale, so that they never lengthen a bar.
    most = max((stack.hidden for stack in stacks), default=0)
    hidden = HIDDEN if most * (HIDDEN + 4) <= 0.4 * (width - left) else SLIM
    greatest = max((stack.known for stack in stacks), default=0)
    beyond = width_of(number(scale(greatest, 1, 5).top), letters) / 2
    room = width - left - max(most * (hidden + 4) + GAP, beyond) - GAP
    to = labelled_scale(greatest, room, letters)
    start, marks, labels = y, list[Mark](), list[Label]()
    y += letters + GAP
    for stack in stacks:
        names, y = _names(stack.name if named else "", left=left, y=y, width=width, letters=letters, wide=wide)
        labels += names
        marks += _parts(stack, to, left=left, y=y, letters=letters, hidden=hidden)
        if not stack.known and not stack.hidden:
            labels.append(Label(left + GAP, round(y + TALL / 2 + letters * 0.35, 1), "0", letters, "value"))
        y += TALL + GAP
    ticks = [(round(left + to.at(tick), 1), number(tick)) for tick in to.ticks]
    axis = [Label(x, start + letters, text, letters, "axis", "middle" if at else "start")
            for at, (x, text) in enumerate(ticks)]  # fmt: skip
    rules = tuple(
        Rule(x, start + letters + 4, x, y - 2, "grid" if at else "axis") for at, (x, _text) in enumerate(ticks)
    )
    return Drawing(size, width, round(y, 1), tuple(marks), (*key_labels, *axis, *labels), rules, (), key_shapes)


def _names(name: str, *, left: float, y: float, width: float, letters: float, wide: bool) -> tuple[list[Label], float]:
    """The name at the left of its bar, or on a narrow page above it; and where the bar begins."""
    if not name:
        return [], y
    if not wide:
        lines = wrapped(name, letters, width - GAP, most=2)
        made = [Label(0, y + letters + row * (letters + 3), line, letters) for row, line in enumerate(lines)]
        return made, round(y + len(lines) * (letters + 3) + 3, 1)
    lines = wrapped(name, letters, left - 1.5 * GAP, most=2)
    first = y + TALL / 2 - len(lines) * (letters + 1) / 2 + letters * 0.9
    made = [Label(left - 1.5 * GAP, round(first + row * (letters + 1), 1), line, letters, "name", "end")
            for row, line in enumerate(lines)]  # fmt: skip
    return made, y


def _parts(stack: Stack, to: Scale, *, left: float, y: float, letters: float, hidden: float) -> list[Mark]:
    """Published parts one after the other, then each hidden one with a gap before it."""
    marks, x = list[Mark](), left
    for part in (one for one in stack.parts if not one.figure.hidden):
        long = to.at(part.figure.value or 0)
        box = Box(round(x, 1), y, max(long - 1, ZERO) if part.figure.value else 0, TALL)
        marks.append(_part(part, box, letters))
        x += long
    x += 4
    for part in (one for one in stack.parts if one.figure.hidden):
        box = Box(round(x, 1), y, hidden, TALL)
        small = Shape(Box(box.x + 3, y + TALL / 2 - 5, 10, 10), part.look)
        marks.append(Mark(part.label, box.grown(2), (Shape(box, "hidden"), small), (), hidden=True))
        x += hidden + 4
    return marks


def _part(part: Part, box: Box, letters: float) -> Mark:
    """With its value on a plate where there is room for it."""
    text = shown(part.figure)
    wide = width_of(text, letters, bold=True)
    if wide + 12 > box.width:
        return Mark(part.label, box.grown(2), (Shape(box, part.look),) if box.width else ())
    middle = round(box.x + box.width / 2, 1)
    plate = Shape(Box(round(middle - wide / 2 - 3, 1), box.y + 3, round(wide + 6, 1), TALL - 6), "plate")
    label = Label(middle, round(box.y + THICK * 0.84, 1), text, letters, "value", "middle")
    return Mark(part.label, box.grown(2), (Shape(box, part.look), plate), (label,))


def _key(
    stacks: Sequence[Stack], width: float, letters: float
) -> tuple[tuple[Shape, ...], tuple[Label, ...], float]:  # fmt: skip
    """What the tones mean, above the bars; and where the bars begin."""
    entries = [(part.name, part.look) for part in stacks[0].parts] if stacks else []
    if any(stack.hidden for stack in stacks):
        entries.append((hidden_word(), "hidden"))
    return key(entries, width, letters)


def key(
    entries: Sequence[tuple[str, str]], width: float, letters: float
) -> tuple[tuple[Shape, ...], tuple[Label, ...], float]:  # fmt: skip
    """Marks with their names from left to right, on as many lines as they need."""
    shapes, labels, x, y = list[Shape](), list[Label](), 0.0, 2.0
    for name, look in entries:
        text = wrapped(name, letters, width - 24, most=1)[0]
        wide = 20 + width_of(text, letters) + 16
        if x and x + wide - 16 > width:
            x, y = 0.0, y + letters + 9
        shapes.append(Shape(Box(round(x + 1, 1), y, 14, 14), look))
        labels.append(Label(round(x + 20, 1), round(y + 12, 1), text, letters, "name"))
        x += wide
    return tuple(shapes), tuple(labels), round(y + letters + 12, 1)
