"""One tidy table of everything in a book: a line for each figure, the same in every kind of file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from reporting.choices import Measure
from reporting.disclosure import Key, ProtectedTable
from reporting.files import words
from reporting.files.books import Book, breakdown, protected
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
    ("measure", _("Measure (code)"), _("What is said: the number, or the median or the like behind it."), "string"),
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

    @property
    def status(self) -> str:
        return words.status_of(self.table, self.value)


def lines(book: Book, language: str) -> Iterator[Line]:
    """Every figure of a book by the codes of `COLUMNS`. `language` must be the active one."""
    vocabulary = words.Vocabulary()
    for chapter, table in book.tables():
        for figure in figures(chapter.series, protected(table), vocabulary):
            yield _line(figure, book.period, language, vocabulary)


def figures(series: Series, table: ProtectedTable, vocabulary: words.Vocabulary) -> Iterator[Figure]:
    for key in vocabulary.keys(table):
        value = table.values[key]
        yield Figure(series, table, key, Measure.COUNT.value, value)
        # What a median is made of must be published itself.
        for measure, found in sorted(table.statistics.get(key, {}).items()) if value is not None else ():
            yield Figure(series, table, key, measure, found)


def _line(figure: Figure, period: Period, language: str, vocabulary: words.Vocabulary) -> Line:
    dimensions = breakdown(figure.table)
    cells: Line = {
        "period": period.code, "period_name": period_name(period), "first_day": period.first.isoformat(),
        "last_day": (period.after - timedelta(days=1)).isoformat(), "series": figure.series.code,
        "series_name": figure.series.name(language), "unit": figure.series.unit(language),
        "breakdown": ",".join(dimensions), "breakdown_name": vocabulary.breakdown(dimensions),
        "measure": figure.measure, "measure_name": words.measure_name(figure.measure), "value": figure.value,
        "status": figure.status, "status_name": str(words.STATUSES[figure.status]),
    }  # fmt: skip
    for number in range(DIMENSIONS):
        code = figure.key[number] if number < len(dimensions) else ""
        cells[f"category_{number + 1}"] = code
        cells[f"category_{number + 1}_name"] = vocabulary.category(dimensions[number], code) if code else ""
    return cells
