"""What a chart is made of. Positions are in pixels from the upper left corner; nothing here knows a count."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.charts.text import width_of

NARROW, WIDE, SMALL = 296.0, 720.0, 296.0
# Sizes of letters: a narrow drawing is shown in its own size, a wide one may shrink to 640 pixels.
LETTERS = {"narrow": 13.0, "wide": 14.0, "small": 13.0}
ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def meets(self, other: Box) -> bool:
        """Whether they share any area."""
        apart = self.right <= other.x or other.right <= self.x or self.bottom <= other.y or other.bottom <= self.y
        return not apart

    def grown(self, by: float) -> Box:
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle. `look`: tone-1 to tone-8, heat-0 to heat-4, hidden, zero, plate, or dot (drawn round)."""

    box: Box
    look: str

    @property
    def pattern(self) -> str:
        """The pattern that is laid over it, so that colour is not all that tells it apart."""
        return self.look if self.look == "hidden" or (self.look.startswith("tone-") and self.look != "tone-1") else ""


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text; `x`, `y`: of its anchor on the base line. `turned`: read from below upwards."""

    x: float
    y: float
    text: str
    size: float
    look: str = "name"
    anchor: str = "start"
    turned: bool = False

    @property
    def box(self) -> Box:
        """Where it stands, estimated generously."""
        width = width_of(self.text, self.size, bold=self.look == "value")
        before = width * ANCHORS[self.anchor]
        if self.turned:
            return Box(self.x - self.size * 0.8, self.y - (width - before), self.size, width)
        return Box(self.x - before, self.y - self.size * 0.8, width, self.size)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line. `look`: grid or axis."""

    x1: float
    y1: float
    x2: float
    y2: float
    look: str = "grid"


@dataclass(frozen=True, slots=True)
class Trace:
    """A line through points."""

    points: tuple[tuple[float, float], ...]

    @property
    def path(self) -> str:
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in self.points)


@dataclass(frozen=True, slots=True)
class Mark:
    """One value, which the keyboard reaches. `label`: said aloud, as in "Quebec: 42 people". `ring`: round it."""

    label: str
    ring: Box
    shapes: tuple[Shape, ...] = ()
    labels: tuple[Label, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart for one width of the page: narrow, wide or small."""

    size: str
    width: float
    height: float
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...] = ()
    rules: tuple[Rule, ...] = ()
    traces: tuple[Trace, ...] = ()
    shapes: tuple[Shape, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """Those that it needs, each once."""
        everything = (*self.shapes, *(shape for mark in self.marks for shape in mark.shapes))
        return tuple(sorted({shape.pattern for shape in everything} - {""}))


@dataclass(frozen=True, slots=True)
class Chart:
    """`title`: what is drawn; `finding`: what it says, in a sentence. `drawings`: one for each width. `telling`: not
    all of it is hidden or zero; what is not telling is better said than drawn."""

    title: str
    finding: str
    drawings: tuple[Drawing, ...]
    telling: bool = True

    @property
    def values(self) -> int:
        """How many values it draws, which is how often the keyboard stops in it."""
        return len(self.drawings[0].marks)


@dataclass(frozen=True, slots=True)
class Multiples:
    """Charts of one form beside each other."""

    title: str
    finding: str
    charts: tuple[Chart, ...]
