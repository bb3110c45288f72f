"""How protected figures stand on a page or in a file. Takes protected tables only, through `reporting.figures.Pick`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from psp.bilingual import capital, reader_language
from psp.cells import safe_cell
from reporting import offered, record
from reporting.charts.build import line_chart
from reporting.charts.shapes import Chart, Multiples
from reporting.choices import Measure, Topic
from reporting.figures import Figure, protected
from reporting.models import Indicator, Series
from reporting.period_words import in_sentence, period_name, when
from reporting.periods import Period, Span
from reporting.reading import Shelf, pick_of, table_for
from reporting.wording import Unit, change, hidden_word, number, relative
from reporting.wording import shown as shown_figure

# Other periods with what they are called in a sentence.
Earlier = Sequence[tuple[str, Period]]
__all__ = ["protected", "shown", "to_csv"]


def shown(value: int | None) -> str:
    """A count as people read it: spaces in thousands in French, commas in English."""
    return hidden_word() if value is None else number(value)


def to_csv(header: Sequence[Any], lines: Iterable[Sequence[Any]]) -> str:
    """A CSV text with a byte-order mark, so that spreadsheets read accents."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([safe_cell(cell) for cell in header])
    for line in lines:
        writer.writerow([safe_cell(cell) for cell in line])
    return "\ufeff" + buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Cell:
    """`label`: the head of its column, for where a row stands as a card. `note`: what a reader must know of it."""

    text: str
    label: str
    hidden: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What `templates/reports/table.html` shows; `columns` begins with the head of the names."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    foot: tuple[Row, ...] = ()

    @property
    def hidden(self) -> int:
        return sum(cell.hidden for row in (*self.rows, *self.foot) for cell in row.cells)

    @property
    def figures(self) -> int:
        return sum(len(row.cells) for row in (*self.rows, *self.foot))


@dataclass(frozen=True, slots=True)
class Number:
    """One figure with what there is to say of it. `text`: the number alone; `unit`: what it counts."""

    name: str
    text: str
    unit: str
    hidden: bool
    sentences: tuple[str, ...]
    definition: str


def unit_of(series: Series) -> Unit:
    """What is counted, and what times and marks are given in, both as the definition says."""
    return Unit(series.unit(reader_language()), series.measured(reader_language()))


def cell(figure: Figure | None, label: str, unit: Unit) -> Cell:
    """A count as a number; statistics with their unit, so that a day is not taken for a person."""
    if figure is None:
        return Cell("–", label)
    plain = figure.hidden or figure.measure in (Measure.COUNT, Measure.SHARE)
    return Cell(shown_figure(figure) if plain else unit.said(figure), label, figure.hidden)


def number_of(indicator: Indicator, shelf: Shelf, period: Period, compare: Earlier) -> Number:
    """`compare`: other periods as they are called in a sentence; said only where both figures are published."""
    unit = unit_of(indicator.series)
    figure = shelf.figure(indicator, period) or Figure(None, measure=indicator.measure)
    sentences = []
    for name, other in compare:
        earlier = shelf.figure(indicator, other)
        if earlier and (text := change(figure, earlier, name=name)):
            by = relative(figure, earlier)
            sentences.append(f"{text[:-1]}, {by}." if by else text)
            if not shelf.are_alike(indicator.series, period, other):
                sentences.append(_("It was counted by a different definition then."))
    return Number(
        indicator.name(reader_language()), shown_figure(figure), unit.beside(figure), figure.hidden,
        tuple(sentences), indicator.definition(reader_language()),
    )  # fmt: skip


def earlier_periods(period: Period, first: date | None) -> list[tuple[str, Period]]:
    """The one before and the same one a year before, with the names that they have in a sentence; none of them from
    before anything happened, on `first`."""
    found = [(_("the period before"), offered.before(period))]
    if period.span != Span.YEAR:
        found.append((_("the same period a year before"), offered.year_before(period)))
    return [(name, one) for name, one in found if first and one.after > first]


@dataclass(frozen=True, slots=True)
class Overview:
    """The story of a period. `numbers`: by topic; `hidden`: how many of `glance` are."""

    numbers: tuple[tuple[str, str, tuple[Number, ...]], ...]
    trend: Multiples | None
    glance: Table
    refused: tuple[str, ...]


def overview(
    indicators: Sequence[Indicator], shelf: Shelf, period: Period, periods: Sequence[Period], earlier: Earlier
) -> Overview:
    by_topic: dict[str, list[Number]] = {}
    told = [one for one in indicators if period.span in record.spans_of(one.series)]
    told = [one for one in told if not shelf.is_refused(one.series, period)]
    for indicator in told:
        by_topic.setdefault(indicator.series.topic, []).append(number_of(indicator, shelf, period, earlier))
    numbers = tuple((topic, str(Topic(topic).label), tuple(found)) for topic, found in by_topic.items())
    refused = {one.series.name(reader_language()) for one in indicators if shelf.is_refused(one.series, period)}
    return Overview(numbers, trends(told, shelf, periods), glance(told, shelf, period, earlier), tuple(sorted(refused)))


def trends(indicators: Sequence[Indicator], shelf: Shelf, periods: Sequence[Period]) -> Multiples | None:
    """A small line for each that has something to draw; none where there is one period only, which is no trend."""
    charts = tuple(chart for one in indicators if (chart := trend(one, shelf, periods, small=True)).telling)
    if len(periods) < 2 or not charts:
        return None
    return Multiples(f"{capital(period_name(periods[0]))} – {period_name(periods[-1])}", "", charts)


def trend(indicator: Indicator, shelf: Shelf, periods: Sequence[Period], *, small: bool = False) -> Chart:
    pick = pick_of(indicator)
    tables = [(when(one), table_for(shelf.of(indicator.series, one) or {}, (), pick)) for one in periods]
    chart = line_chart(indicator.name(reader_language()), tables, pick, unit_of(indicator.series), small=small)
    changed = changes_of_definition(indicator.series, shelf, periods)
    return replace(chart, finding=" ".join((chart.finding, *changed)))


def changes_of_definition(series: Series, shelf: Shelf, periods: Sequence[Period]) -> list[str]:
    """A sentence for each of these periods, the oldest first, that was counted by a different definition than the one
    before it of which there are figures."""
    counted = [one for one in periods if shelf.of(series, one) is not None]
    return [
        _("Counted by a different definition, beginning with %(period)s.") % {"period": in_sentence(after)}
        for before, after in pairwise(counted)
        if not shelf.are_alike(series, before, after)
    ]


def beside(indicator: Indicator, shelf: Shelf, period: Period, other: Period, label: str) -> Cell:
    """The figure of another period, for a column beside the one that is looked at."""
    made = cell(shelf.figure(indicator, other), label, unit_of(indicator.series))
    alike = shelf.are_alike(indicator.series, period, other)
    return made if alike else replace(made, note=_("by a different definition"))


def glance(indicators: Sequence[Indicator], shelf: Shelf, period: Period, earlier: Earlier) -> Table:
    """Every headline figure beside those of earlier periods."""
    columns = [(capital(period_name(one)), one) for one in (period, *(other for _n, other in earlier))]
    rows = tuple(
        Row(
            indicator.name(reader_language()),
            tuple(beside(indicator, shelf, period, one, name) for name, one in columns),
        )
        for indicator in indicators
    )
    return Table(_("Figures at a glance"), (_("Figure"), *(name for name, _period in columns)), rows)


def glance_csv(indicators: Sequence[Indicator], shelf: Shelf, period: Period, earlier: Earlier) -> str:
    """The page's table as a file: the same figures, the same hidden ones. What there is to remark has a column."""
    table = glance([one for one in indicators if period.span in record.spans_of(one.series)], shelf, period, earlier)
    remarks = [[f"{one.label}: {one.note}" for one in row.cells if one.note] for row in table.rows]
    told = [["; ".join(each)] if any(remarks) else [] for each in remarks]
    lines = [[row.name, *(one.text for one in row.cells), *more] for row, more in zip(table.rows, told, strict=True)]
    return to_csv((*table.columns, *([_("Remark")] if any(remarks) else [])), lines)
