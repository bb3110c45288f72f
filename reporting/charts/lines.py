"""A line over periods. Where a value is hidden, the line has a gap and a band of one size stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.charts.bars import GAP, said
from reporting.charts.scale import Scale, scale
from reporting.charts.shapes import LETTERS, NARROW, SMALL, WIDE, Box, Drawing, Label, Mark, Rule, Shape, Trace
from reporting.charts.text import width_of
from reporting.disclosure import ProtectedTable
from reporting.figures import Figure, Pick, protected
from reporting.wording import Unit, hidden_word, number, shown

WIDTHS = {"wide": WIDE, "narrow": NARROW, "small": SMALL}
HEIGHTS = {"wide": 260.0, "narrow": 220.0, "small": 150.0}
BAND, DOT = 18.0, 8.0


@dataclass(frozen=True, slots=True)
class When:
    """A period as it is called by itself, under the axis in two short lines, and within a sentence."""

    name: str
    short: tuple[str, str]
    spoken: str


@dataclass(frozen=True, slots=True)
class Point:
    """`figure`: None where nothing was counted."""

    when: When
    figure: Figure | None
    label: str

    @property
    def value(self) -> float | None:
        return self.figure.value if self.figure else None


def read(tables: Sequence[tuple[When, ProtectedTable | None]], pick: Pick, unit: Unit) -> tuple[Point, ...]:
    """The value of each period, the oldest first. None stands for a period of which nothing is kept; TypeError for
    anything else that is not protected."""
    found = []
    for when, table in tables:
        figure = None if table is None else pick.of(protected(table))
        words = unit.said(figure) if figure else _("not counted")
        found.append(Point(when, figure, said(when.name, words)))
    return tuple(found)


def line(points: Sequence[Point], size: str) -> Drawing:
    width, height, letters = WIDTHS[size], HEIGHTS[size], LETTERS[size]
    greatest = max((point.value or 0 for point in points), default=0)
    top, base = 2 * letters, height - 2.6 * letters
    to = scale(greatest, base - top, {"wide": 4, "narrow": 3, "small": 2}[size])
    left = round(max(width_of(number(tick), letters) for tick in to.ticks) + GAP)
    xs = _places(len(points), left, width, points, letters)
    marks = _marks(points, xs, to, base=base, top=top, letters=letters, width=width)
    ys = [(round(base - to.at(tick), 1), number(tick)) for tick in to.ticks]
    labels = (
        *(Label(left - GAP, round(y + letters * 0.35, 1), text, letters, "axis", "end") for y, text in ys),
        *_whens(points, xs, base=base, width=width, letters=letters),
    )
    rules = tuple(Rule(left, y, width, y, "grid" if place else "axis") for place, (y, _text) in enumerate(ys))
    return Drawing(size, width, height, marks, labels, rules, _traces(points, xs, to, base))


def _places(
    count: int, left: float, width: float, points: Sequence[Point], letters: float
) -> tuple[float, ...]:  # fmt: skip
    """Where each period stands; the first and the last have room for half of their names and values."""
    widest = max((width_of(text, letters) for point in points for text in point.when.short), default=0)
    values = (width_of(shown(point.figure), letters, bold=True) for point in points if point.figure)
    inset = max(BAND, widest / 2, max(values, default=0) / 2)
    first, last = left + inset, width - inset - 2
    if count == 1:
        return (round((first + last) / 2, 1),)
    return tuple(round(first + (last - first) * place / (count - 1), 1) for place in range(count))


def _traces(points: Sequence[Point], xs: Sequence[float], to: Scale, base: float) -> tuple[Trace, ...]:
    """Through values that stand beside each other; what is hidden or missing parts the line."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point, x in zip(points, xs, strict=True):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append((x, round(base - to.at(point.value), 1)))
    return tuple(Trace(tuple(run)) for run in runs if len(run) > 1)


def _marks(
    points: Sequence[Point], xs: Sequence[float], to: Scale, *, base: float, top: float, letters: float,
    width: float,
) -> tuple[Mark, ...]:  # fmt: skip
    step = xs[1] - xs[0] if len(xs) > 1 else 10 * letters
    free = _labelled(points, xs, letters) | _worded(points, xs, letters)
    band = round(min(BAND, step - 2), 1)
    marks = []
    for place, (point, x) in enumerate(zip(points, xs, strict=True)):
        half = min(step, 60.0) / 2
        begin, end = max(x - half, 1), min(x + half, width - 1)
        ring = Box(round(begin, 1), 1, round(end - begin, 1), round(base + 2, 1))
        frame = (band, base, top, letters)
        shapes, labels = _drawn(point, x, to, frame, labelled=place in free)
        marks.append(Mark(point.label, ring, shapes, labels, bool(point.figure and point.figure.hidden)))
    return tuple(marks)


def _drawn(
    point: Point, x: float, to: Scale, frame: tuple[float, float, float, float], *, labelled: bool
) -> tuple[tuple[Shape, ...], tuple[Label, ...]]:
    """`frame`: how wide a band is, the base line, the upper edge, the size of letters."""
    wide, base, top, letters = frame
    if point.figure and point.figure.hidden:
        band = Shape(Box(round(x - wide / 2, 1), top, wide, round(base - top, 1)), "hidden")
        if not labelled:
            return (band,), ()
        plate, word = _word(x, (top + base) / 2, wide, letters)
        return (band, plate), (word,)
    if point.value is None or point.figure is None:
        return (), ()
    y = round(base - to.at(point.value), 1)
    dot = Shape(Box(round(x - DOT / 2, 1), round(y - DOT / 2, 1), DOT, DOT), "dot")
    text = Label(x, round(y - DOT, 1), shown(point.figure), letters, "value", "middle")
    return (dot,), ((text,) if labelled else ())


def _word(x: float, y: float, wide: float, letters: float) -> tuple[Shape, Label]:
    """The word "hidden", turned, on a plate that the hatching does not run through."""
    label = Label(round(x + letters * 0.3, 1), y, hidden_word(), letters, "hidden", "middle", turned=True)
    box = label.box
    return Shape(Box(round(x - wide / 2 + 1, 1), box.y - 3, round(wide - 2, 1), box.height + 6), "plate"), label


def _worded(points: Sequence[Point], xs: Sequence[float], letters: float) -> frozenset[int]:
    """Which bands carry the word: all, unless they stand so close that it would meet itself."""
    found = set[int]()
    for place, point in enumerate(points):
        if point.figure and point.figure.hidden and (not found or xs[place] - xs[max(found)] >= letters + 1):
            found.add(place)
    return frozenset(found)


def _labelled(points: Sequence[Point], xs: Sequence[float], letters: float) -> frozenset[int]:
    """Whose value is written: all where they fit; else the last, the first, the greatest, then whatever has room."""
    known = [place for place, point in enumerate(points) if point.value is not None]
    if not known:
        return frozenset()
    order = dict.fromkeys([known[-1], known[0], max(known, key=lambda place: points[place].value or 0), *known])
    taken: list[Box] = [
        Box(xs[place] - BAND / 2 - 2, 0, BAND + 4, 1)
        for place, point in enumerate(points) if point.figure and point.figure.hidden
    ]  # fmt: skip
    free = set()
    for place in order:
        figure = points[place].figure
        width = width_of(shown(figure), letters, bold=True) if figure else 0
        box = Box(xs[place] - width / 2 - 3, 0, width + 6, 1)
        if not any(box.meets(other) for other in taken):
            taken.append(box)
            free.add(place)
    return frozenset(free)


def _whens(
    points: Sequence[Point], xs: Sequence[float], *, base: float, width: float, letters: float
) -> tuple[Label, ...]:  # fmt: skip
    """Names under the axis: the last always, and every so many before it that none meets another."""
    if not points:
        return ()
    widest = max(width_of(text, letters) for point in points for text in point.when.short)
    step = xs[1] - xs[0] if len(xs) > 1 else width
    every = next(many for many in range(1, len(points) + 1) if many * step >= widest + 6 or many == len(points))
    last = len(points) - 1
    return tuple(
        Label(x, round(base + letters * (1.25 + 1.1 * row), 1), text, letters, "axis", "middle")
        for place, (point, x) in enumerate(zip(points, xs, strict=True))
        if (last - place) % every == 0
        for row, text in enumerate(point.when.short)
        if text
    )
