"""One tidy table of everything in a book: a line for each figure, the same in every kind of file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from reporting.choices import Measure
from reporting.disclosure import Key, ProtectedTable
from reporting.files import words
from reporting.files.books import Book, Changed, breakdown, protected
from reporting.files.headlines import Headline, headlines
from reporting.forms import period_name
from reporting.models import Series
from reporting.periods import Period

DIMENSIONS = 2
# By the codes of `COLUMNS`; None only for a value that is hidden.
Line = dict[str, str | float | None]
# Code of each column, its name, what stands in it, and its type in the words of data packages.
COLUMNS = (
    ("period", _("Period (code)"), _("A month, a quarter or a fiscal year."), "string"),
    ("period_name", _("Period"), _("The same in words."), "string"),
    ("first_day", _("First day"), _("The first day of the period."), "date"),
    ("last_day", _("Last day"), _("The last day of the period."), "date"),
    ("series", _("Series (code)"), _("What is counted."), "string"),
    ("series_name", _("Series"), _("The same in words."), "string"),
    ("unit", _("Unit"), _("In what it is counted."), "string"),
    ("breakdown", _("Breakdown (code)"), _("By what the figures are broken down; empty for everything together."), "string"),  # noqa: E501
    ("breakdown_name", _("Breakdown"), _("The same in words."), "string"),
    ("category_1", _("Category 1 (code)"), _("The category of the first dimension; * for all of them together."), "string"),  # noqa: E501
    ("category_1_name", _("Category 1"), _("The same in words."), "string"),
    ("category_2", _("Category 2 (code)"), _("The category of the second dimension; * for all of them together."), "string"),  # noqa: E501
    ("category_2_name", _("Category 2"), _("The same in words."), "string"),
    ("measure", _("Measure (code)"), _("What is said: the number, a share in percent, the median or the like, or a change since it was published."), "string"),  # noqa: E501
    ("measure_name", _("Measure"), _("The same in words."), "string"),
    ("value", _("Value"), _("The figure. Where it is hidden, a word instead."), "number"),
    ("status", _("Status (code)"), _("Whether the figure is published, hidden or rounded."), "string"),
    ("status_name", _("Status"), _("The same in words."), "string"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a protected table. `value`: None where it is hidden."""

    series: Series
    table: ProtectedTable
    key: Key
    measure: str
    value: float | None

    def unit(self, language: str) -> str:
        counted = self.measure == Measure.COUNT
        return self.series.unit(language) if counted else self.series.measured(language)

    @property
    def status(self) -> str:
        return words.status_of(self.table, self.value)


def lines(book: Book, language: str) -> Iterator[Line]:
    """Every figure of a book by the codes of `COLUMNS`. `language` must be the active one."""
    vocabulary = words.Vocabulary(book.names)
    for chapter, table in book.tables():
        for figure in figures(chapter.series, protected(table), vocabulary):
            yield _line(figure, book.period, language, vocabulary)
    for chapter in book.chapters:
        for one in headlines(chapter):
            if one.is_derived and (one.figure.hidden or one.figure.value is not None):
                yield _headline(one, book.period, language, vocabulary)
    for change in book.changes:
        yield _correction(change, language, vocabulary)


def figures(series: Series, table: ProtectedTable, vocabulary: words.Vocabulary) -> Iterator[Figure]:
    for key in vocabulary.keys(table):
        value = table.values[key]
        yield Figure(series, table, key, Measure.COUNT.value, value)
        # What a median is made of must be published itself.
        for measure, found in sorted(table.statistics.get(key, {}).items()) if value is not None else ():
            yield Figure(series, table, key, measure, found)


def _when(period: Period) -> Line:
    return {
        "period": period.code, "period_name": period_name(period), "first_day": period.first.isoformat(),
        "last_day": (period.after - timedelta(days=1)).isoformat(),
    }  # fmt: skip


def _what(code: str, name: str, unit: str) -> Line:
    return {"series": code, "series_name": name, "unit": unit}


def _said(measure: str, value: float | None, status: str) -> Line:
    return {
        "measure": measure, "measure_name": words.measure_name(measure), "value": value,
        "status": status, "status_name": str(words.STATUSES[status]),
    }  # fmt: skip


def _by(dimensions: tuple[str, ...], vocabulary: words.Vocabulary) -> Line:
    """The breakdown, with categories that are yet empty."""
    cells: Line = {"breakdown": ",".join(dimensions), "breakdown_name": vocabulary.breakdown(dimensions)}
    for number in range(1, DIMENSIONS + 1):
        cells |= {f"category_{number}": "", f"category_{number}_name": ""}
    return cells


def _headline(one: Headline, period: Period, language: str, vocabulary: words.Vocabulary) -> Line:
    """The category is the part that it speaks of, as in the definition: several of them are joined by a plus."""
    series, dimension = one.indicator.series, one.pick.dimension
    cells = _when(period) | _what(series.code, series.name(language), one.indicator.unit(language))
    cells |= _by((dimension,) if dimension else (), vocabulary)
    if dimension:
        cells["category_1"] = "+".join(one.pick.categories)
        cells["category_1_name"] = ", ".join(vocabulary.category(dimension, code) for code in one.pick.categories)
    return cells | _said(one.pick.measure, one.figure.value, one.status)


def _correction(change: Changed, language: str, vocabulary: words.Vocabulary) -> Line:
    """How many more (or fewer) there would be today in a period that was closed before."""
    cells = _when(change.period) | _what(change.series, change.name(language), change.unit(language))
    return cells | _by((), vocabulary) | _said(words.CORRECTION, change.change, words.PUBLISHED)


def _line(figure: Figure, period: Period, language: str, vocabulary: words.Vocabulary) -> Line:
    dimensions, series = breakdown(figure.table), figure.series
    cells = _when(period) | _what(series.code, series.name(language), figure.unit(language))
    cells |= _by(dimensions, vocabulary) | _said(figure.measure, figure.value, figure.status)
    for number in range(DIMENSIONS):
        code = figure.key[number] if number < len(dimensions) else ""
        cells[f"category_{number + 1}"] = code
        cells[f"category_{number + 1}_name"] = vocabulary.category(dimensions[number], code) if code else ""
    return cells
