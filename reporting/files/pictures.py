"""The chart of a table in a paper: of the same form as on the page of its topic."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from reporting.charts.build import bar_chart, heat_chart, stacked_chart
from reporting.charts.parted import parted
from reporting.charts.printed import svg
from reporting.charts.shapes import Chart
from reporting.disclosure import ProtectedTable
from reporting.figures import Pick
from reporting.files.books import breakdown, protected
from reporting.files.words import Vocabulary
from reporting.models import Series
from reporting.present import unit_of
from reporting.reading import split_of

Names = tuple[tuple[str, str], ...]
# What is taller than this has no room on a sheet below its heading: it is drawn in several parts.
TALLEST = 800.0
NOTHING: dict[str, Any] = {"svg": "", "alt": "", "finding": "", "tall": 0, "more": []}


def picture(series: Series, table: ProtectedTable, heading: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """The drawing, what it says to whoever hears it, and what it says in a sentence; nothing where all of it is hidden
    or zero. `more`: its other parts, each a drawing with its words, where it has no room on one sheet."""
    chart = chart_of(series, protected(table), heading, vocabulary)
    return NOTHING if chart is None else of_chart(chart, heading)


def of_chart(chart: Chart, heading: str) -> dict[str, Any]:
    """The widest drawing of a chart, as `picture`."""
    if not chart.telling:
        return NOTHING
    drawings = parted(chart.drawings[-1], TALLEST)
    first, *more = [
        {
            "svg": svg(one),
            "alt": f"{_named(heading, at, len(drawings))}. {'; '.join(mark.label for mark in one.marks)}.",
        }
        for at, one in enumerate(drawings, 1)
    ]
    tall = round(drawings[0].height / drawings[0].width, 2)
    return {**first, "finding": chart.finding, "tall": tall, "more": more}


def _named(heading: str, at: int, count: int) -> str:
    if count == 1:
        return heading
    return _("%(what)s, part %(number)d of %(count)d") % {"what": heading, "number": at, "count": count}


def chart_of(series: Series, table: ProtectedTable, heading: str, vocabulary: Vocabulary) -> Chart | None:
    """Bars for one dimension; of what became of things, a bar of their parts; a heat map for two others."""
    by, unit, split = breakdown(table), unit_of(series), split_of(series)
    named = {name: _names(table, name, vocabulary) for name in by}
    if not by or len(by) > 2:
        return None
    if split in named:
        (other,) = [name for name in by if name != split] or [""]
        rows = named.get(other, (("", ""),))
        return stacked_chart(heading, table, other, rows, split, named[split], unit)
    if len(by) == 1:
        return bar_chart(heading, table, by[0], named[by[0]], Pick(), unit)
    down, across = sorted(by, key=lambda name: -len(named[name]))
    return heat_chart(heading, table, (down, named[down]), (across, named[across]), Pick(), unit)


def _names(table: ProtectedTable, dimension: str, vocabulary: Vocabulary) -> Names:
    held = table.categories[table.dimensions.index(dimension)]
    return tuple((code, vocabulary.category(dimension, code)) for code in vocabulary.in_order(dimension, held))
