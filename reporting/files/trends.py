"""How it went over the periods up to that of a book: the lines of the page of its topic, with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from reporting.charts.shapes import Chart
from reporting.figures import Figure
from reporting.files.books import Book, Chapter
from reporting.files.pictures import NOTHING, of_chart
from reporting.present import Cell, trend
from reporting.present_topic import over_time

# One period has no line.
FEWEST = 2


def over_periods(chapter: Chapter, book: Book) -> list[dict[str, Any]]:
    """A line, or small ones beside each other where the series is known by several figures, and a table of the same.

    Nothing where only one period is out, or where there was never anything. In the language that is active.
    """
    series, indicators = chapter.series, list(chapter.indicators)
    known = [period for period in book.periods if book.shelf.of(series, period) is not None]
    if len(known) < FEWEST or not any(one.hidden or one.value for one in _figures(chapter, book)):
        return []
    table = over_time(series, indicators, book.shelf, book.periods)
    lines = _lines(chapter, book)
    return [{
        "heading": table.caption, "columns": list(table.columns),
        "rows": [[row.name, *map(_said, row.cells)] for row in table.rows],
        # What was looked at in between but never approved is in no report.
        "note": _("Earlier periods as their own reports say them.") if book.approved_on else "",
        "panels": [{"title": one.title, **of_chart(one, one.title)} for one in lines] if len(indicators) > 1 else [],
        **(of_chart(lines[0], table.caption) if lines and len(indicators) == 1 else NOTHING),
    }]  # fmt: skip


def _figures(chapter: Chapter, book: Book) -> Iterator[Figure]:
    every = (book.shelf.figure(one, period) for one in chapter.indicators for period in book.periods)
    return (one for one in every if one is not None)


def _lines(chapter: Chapter, book: Book) -> list[Chart]:
    """Those that tell anything, small where there are several."""
    wide = [trend(one, book.shelf, book.periods) for one in chapter.indicators]
    telling = [one for one, chart in zip(chapter.indicators, wide, strict=True) if chart.telling]
    if len(telling) == 1:
        return [chart for chart in wide if chart.telling]
    return [trend(one, book.shelf, book.periods, small=True) for one in telling]


def _said(cell: Cell) -> str:
    return f"{cell.text} ({cell.note})" if cell.note else cell.text
