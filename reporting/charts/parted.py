"""A drawing that is taller than a sheet, in parts: the same rows in the same scale, one part after the other."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from reporting.charts.shapes import Box, Drawing, Label, Mark, Shape


def parted(drawing: Drawing, tallest: float) -> tuple[Drawing, ...]:
    """The drawing itself where it has room; else parts that each begin with what stands above its first row: scale,
    key, heads of columns. No row is cut, so a part is taller than `tallest` only where a single row is."""
    if drawing.height <= tallest or not drawing.marks:
        return (drawing,)
    rings = [mark.ring for mark in drawing.marks]
    starts = sorted({ring.y for ring in rings if not any(one.y < ring.y < one.bottom for one in rings)})
    head = starts[0]
    cuts = [head]
    for start, end in pairwise([*starts, drawing.height]):
        if head + end - cuts[-1] > tallest and start > cuts[-1]:
            cuts.append(start)
    return tuple(_part(drawing, head, begin, end) for begin, end in pairwise([*cuts, drawing.height]))


def _part(drawing: Drawing, head: float, begin: float, end: float) -> Drawing:
    """What stands above `head`, and below it what stands from `begin` to `end`."""
    up, height = begin - head, round(head + end - begin, 1)
    return replace(
        drawing, height=height,
        marks=tuple(_mark(one, up) for one in drawing.marks if begin <= one.ring.y < end),
        labels=(
            *(one for one in drawing.labels if one.y <= head),
            *(_label(one, up) for one in drawing.labels if head < one.y and begin < one.y <= end),
        ),
        rules=tuple(
            replace(one, y2=round(height - (drawing.height - one.y2), 1)) if one.y2 > head else one
            for one in drawing.rules
        ),
    )  # fmt: skip


def _mark(mark: Mark, up: float) -> Mark:
    shapes = tuple(Shape(_box(one.box, up), one.look) for one in mark.shapes)
    return replace(mark, ring=_box(mark.ring, up), shapes=shapes, labels=tuple(_label(one, up) for one in mark.labels))


def _label(label: Label, up: float) -> Label:
    return replace(label, y=round(label.y - up, 1))


def _box(box: Box, up: float) -> Box:
    return replace(box, y=round(box.y - up, 1))
