"""A drawing as an SVG of its own, for paper: the geometry of the page with the colours of its light look.

What `templates/components/chart/` draws with the style sheet, with colours and letters written out: a paper knows no
style sheet. Nothing in it is heard; whoever sets the paper says in words what it shows.
"""

from __future__ import annotations

from html import escape

from reporting.charts.shapes import Drawing, Label, Rule, Shape, Trace

# The letters that come with the maker of papers.
FONT = "Libertinus Serif"
INK, SOFT, LINE, CONTROL, PAPER = "#1f2a37", "#4b5563", "#d9d6cf", "#76828a", "#ffffff"
TONES = ("#235f77", "#8a5512", "#6b4a86", "#4c6a2f")
HEAT = (PAPER, "#e7eeef", "#d3e0e2", "#bed1d3", "#a5c0c3")
# What lies over a colour, by its number, so that it is told apart without colours too.
_LINES = {
    "hidden": "M-2 2L2 -2M0 8L8 0M6 10L10 6", "tone-2": "M-2 6L2 10M0 0L8 8M6 -2L10 2", "tone-4": "M0 2H8M0 6H8",
    "tone-5": "M2 0V8M6 0V8", "tone-6": "M0 4H8M4 0V8", "tone-7": "M0 0L8 8M8 0L0 8",
}  # fmt: skip
_DOTS = {"tone-3": ((2, 2, 1.4), (6, 6, 1.4)), "tone-8": ((4, 4, 2.2),)}


def svg(drawing: Drawing) -> str:
    """The whole drawing. Every text in it is escaped: names are never read as markup."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width:g} {drawing.height:g}"'
        f' width="{drawing.width:g}" height="{drawing.height:g}" font-family="{FONT}">',
        *(["<defs>", *map(_pattern, drawing.patterns), "</defs>"] if drawing.patterns else []),
        *map(_rule, drawing.rules), *map(_trace, drawing.traces), *map(_shape, drawing.shapes),
        *map(_label, drawing.labels),
    ]  # fmt: skip
    for mark in drawing.marks:
        parts += [*map(_shape, mark.shapes), *map(_label, mark.labels)]
    return "".join([*parts, "</svg>"])


def _pattern(name: str) -> str:
    over = CONTROL if name == "hidden" else PAPER
    if name in _LINES:
        width = 1 if name == "hidden" else 1.4
        drawn = f'<path d="{_LINES[name]}" fill="none" stroke="{over}" stroke-width="{width}"/>'
    else:
        drawn = "".join(f'<circle cx="{x}" cy="{y}" r="{r}" fill="{over}"/>' for x, y, r in _DOTS[name])
    return f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">{drawn}</pattern>'


def _rule(rule: Rule) -> str:
    colour, width = (LINE, 1) if rule.look == "grid" else (CONTROL, 1.5)
    return f'<path d="M{rule.x1:g} {rule.y1:g}L{rule.x2:g} {rule.y2:g}" stroke="{colour}" stroke-width="{width}"/>'


def _trace(trace: Trace) -> str:
    return f'<path d="{trace.path}" fill="none" stroke="{TONES[0]}" stroke-width="2.5" stroke-linejoin="round"/>'


def _shape(shape: Shape) -> str:
    box = shape.box
    at = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    over = f'<rect {at} fill="url(#{shape.pattern})"/>' if shape.pattern else ""
    return f"<rect {at} {_look(shape.look)}/>{over}"


def _look(look: str) -> str:
    kind, _dash, number = look.partition("-")
    if kind == "tone":
        return f'fill="{TONES[(int(number) - 1) % len(TONES)]}"'
    if kind == "heat":
        return f'fill="{HEAT[int(number)]}" stroke="{CONTROL}"'
    return {
        "hidden": f'fill="none" stroke="{CONTROL}" stroke-dasharray="4 3"', "zero": f'fill="{INK}"',
        "plate": f'fill="{PAPER}"', "dot": f'rx="4" fill="{TONES[0]}" stroke="{PAPER}" stroke-width="1.5"',
    }[look]  # fmt: skip


def _label(label: Label) -> str:
    """Lines do not run through words: a rim of paper lies behind them."""
    style = {"value": ' font-weight="600"', "hidden": ' font-style="italic"'}.get(label.look, "")
    turned = f' transform="rotate(-90 {label.x:g} {label.y:g})"' if label.turned else ""
    at = f'x="{label.x:g}" y="{label.y:g}" font-size="{label.size:g}" text-anchor="{label.anchor}"{turned}{style}'
    colour = SOFT if label.look in ("axis", "hidden") else INK
    rim = f'stroke="{PAPER}" stroke-width="3" stroke-linejoin="round" style="paint-order:stroke"'
    return f'<text {at} fill="{colour}" {rim}>{escape(label.text)}</text>'
