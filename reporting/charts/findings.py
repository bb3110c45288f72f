"""What a chart says, in a sentence of the language that is active. From what is drawn alone."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.charts.bars import Bar
from reporting.charts.heat import Row
from reporting.charts.lines import Point
from reporting.charts.stacks import Stack
from reporting.figures import Figure
from reporting.wording import Unit, change


def hidden_sentence(hidden: int) -> str:
    if not hidden:
        return ""
    return ngettext("%(number)d figure is hidden.", "%(number)d figures are hidden.", hidden) % {"number": hidden}


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _extremes(found: Sequence[tuple[str, Figure]], unit: Unit) -> str:
    """Where most are, and where fewest are if something is known of more than two."""
    known = [(name, figure) for name, figure in found if figure.value is not None]
    if not known:
        return "" if any(figure.hidden for _name, figure in found) else _("There is nothing to show here.")
    if all(not figure.value for _name, figure in known):
        return _("Every figure that is shown is zero.")
    most = max(known, key=lambda one: one[1].value or 0)
    text = _("The largest: %(name)s, with %(figure)s.") % {"name": most[0], "figure": unit.said(most[1])}
    if len(known) < 3:
        return text
    least = min(known, key=lambda one: one[1].value or 0)
    return _joined(text, _("The smallest: %(name)s, with %(figure)s.")
                   % {"name": least[0], "figure": unit.said(least[1])})  # fmt: skip


def of_bars(bars: Sequence[Bar], unit: Unit) -> str:
    hidden = sum(bar.figure.hidden for bar in bars)
    return _joined(_extremes([(bar.name, bar.figure) for bar in bars], unit), hidden_sentence(hidden))


def of_heat(rows: Sequence[Row], unit: Unit) -> str:
    cells = [(f"{row.name}, {cell.name}", cell.figure) for row in rows for cell in row.cells]
    return _joined(_extremes(cells, unit), hidden_sentence(sum(figure.hidden for _name, figure in cells)))


def of_stacks(stacks: Sequence[Stack], unit: Unit) -> str:
    parts = [(part.name if len(stacks) == 1 else f"{stack.name}, {part.name}", part.figure)
             for stack in stacks for part in stack.parts]  # fmt: skip
    return _joined(_extremes(parts, unit), hidden_sentence(sum(figure.hidden for _name, figure in parts)))


def of_line(points: Sequence[Point], unit: Unit) -> str:
    """The newest value, and what changed since the one before it and since the first."""
    figures = [(point.when, point.figure) for point in points if point.figure]
    hidden = hidden_sentence(sum(figure.hidden for _when, figure in figures))
    known = [(when, figure) for when, figure in figures if figure.value is not None]
    if not known:
        return hidden or _("Nothing has been counted yet.")
    (first_when, first), (when, last) = known[0], known[-1]
    text = _("%(name)s: %(figure)s.") % {"name": when.name, "figure": unit.said(last)}
    return _joined(text, change(last, first, name=first_when.spoken) if len(known) > 1 else "", hidden)
