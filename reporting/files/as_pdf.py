"""A book as a paper to table: tagged, with a cover in both languages, the report in one of them or in both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from psp.bilingual import capital
from psp.calendar_text import long_date
from psp.pdf import make_pdf
from reporting.disclosure import ALL, ProtectedTable
from reporting.files import words
from reporting.files.books import Book, Chapter, breakdown
from reporting.files.facts import facts
from reporting.files.grids import Grid, grids
from reporting.files.headlines import numbers
from reporting.files.pictures import NOTHING, picture
from reporting.files.trends import over_periods
from reporting.forms import period_name
from reporting.models import Series
from reporting.present import unit_of
from reporting.stories import printed as stories_printed
from reporting.wording import NONE

LANGUAGES = ("en", "fr")


def to_pdf(book: Book, language: str) -> bytes:
    """The report in one language. PdfError as `psp.pdf.make_pdf`."""
    return _paper(book, language, (language,))


def to_pdf_of_both(book: Book, language: str) -> bytes:
    """The whole report in both languages, the reader's first: the same figures, ready to table."""
    return _paper(book, language, (language, *(one for one in LANGUAGES if one != language)))


def _paper(book: Book, language: str, languages: Sequence[str]) -> bytes:
    covers = [_cover(book, one) for one in sorted(LANGUAGES, key=lambda one: one != language)]
    data = {"covers": covers, "parts": [part_of(book, one) for one in languages]}
    return make_pdf("figures", data, language=language, title=book.title(language), row_heads=True)


def _cover(book: Book, language: str) -> dict[str, Any]:
    with override(language):
        return {
            "language": language, "title": book.title(language), "period": capital(period_name(book.period)),
            "lead": _("Figures of the program, protected so that nobody can be recognized."),
            "made": " · ".join(f"{label}\u00a0: {value}" if language == "fr" else f"{label}: {value}"
                               for label, value in facts(book, language)[3:5]),
        }  # fmt: skip


def part_of(book: Book, language: str) -> dict[str, Any]:
    """What `psp/pdf_templates/figures.typ` shows in one language."""
    with override(language):
        vocabulary, (told, hidden) = words.Vocabulary(book.names), numbers(book, language)
        return {
            "language": language, "contents": _("Contents"), "page": _("Page"), "of": pgettext("pages", "of"),
            "made": pgettext("report", "Made on %(day)s") % {"day": long_date(timezone.localdate(), language)},
            "title": book.title(language),
            "period": capital(period_name(book.period)), "lead": book.note(language) or _lead(book),
            "numbers_heading": _("The period in numbers"), "numbers": [list(one) for one in told],
            "hidden": _("Hidden figures: %(names)s.") % {"names": "; ".join(hidden)} if hidden else "",
            "changes_heading": _("Corrections of earlier periods"), "changes": words.changes(book, language),
            "chapters": [_chapter(chapter, book, language, vocabulary) for chapter in book.chapters],
            "stories_heading": stories_printed.heading(), "stories_about": stories_printed.about(),
            "stories": [{"language": one.language, "paragraphs": one.paragraphs()} for one in book.stories],
            "how_heading": _("How to read these figures"), "how": words.how_to_read(book),
            "facts_heading": _("About these figures"), "facts": [list(one) for one in facts(book, language)],
            "definitions_heading": _("Definitions"),
            "definitions": [_definition(chapter, language) for chapter in book.chapters],
        }  # fmt: skip


def _lead(book: Book) -> str:
    if not book.chapters:
        return _("Nothing is counted for this period.")
    return _("A figure that is marked “hidden” is not zero: zeros are shown.")


def _chapter(chapter: Chapter, book: Book, language: str, vocabulary: words.Vocabulary) -> dict[str, Any]:
    series = chapter.series
    population = series.population_fr if language == "fr" else series.population_en
    totals = [table.values[(ALL,)] for table in chapter.tables if not breakdown(table)]
    made = [
        (table, number, grid)
        for table in chapter.tables
        for number, grid in enumerate(grids(table, vocabulary))
        # A total alone is said in a line; with a median beside it, it is a table. Of nothing, there are only zeros.
        if totals != [0] and (breakdown(table) or len(grid.columns) > 1)
    ]
    return {
        "heading": series.name(language), "lead": population,
        "total": f"{vocabulary.breakdown(())} – {words.shown(totals[0])}" if totals else "",
        "tables": [
            *over_periods(chapter, book),
            *(_table(series, table, grid, number, vocabulary) for table, number, grid in made),
        ],
    }  # fmt: skip


def _table(
    series: Series, table: ProtectedTable, grid: Grid, number: int, vocabulary: words.Vocabulary
) -> dict[str, Any]:
    heading, given = vocabulary.breakdown(breakdown(table)), _given(series)
    return {
        "heading": f"{heading} – {words.measure_name(grid.measure)}{given}" if number else heading,
        "columns": [grid.heading, *_columns(grid, breakdown(table), given)],
        "rows": [[name, *(one or NONE if isinstance(one, str) else words.shown(one) for one in values)]
                 for name, values in grid.rows],
        # Medians have no chart: bars of them would be read as numbers of people.
        **(NOTHING if number else picture(series, table, heading, vocabulary)), "panels": [],
        "note": _("The same people can be in several categories.") if table.overlapping else "",
    }  # fmt: skip


def _given(series: Series) -> str:
    """In what medians are given, beside their name: one of weeks is not a number of people."""
    unit = unit_of(series).measured
    return f" ({unit})" if unit else ""


def _columns(grid: Grid, by: tuple[str, ...], given: str) -> list[str]:
    """Categories of a second dimension; else the number and, beside it, every median or the like."""
    if len(by) > 1:
        return list(grid.columns)
    return [grid.columns[0], *(f"{name}{given}" for name in grid.columns[1:])]


def _definition(chapter: Chapter, language: str) -> dict[str, Any]:
    series = chapter.series
    source = series.source_fr if language == "fr" else series.source_en
    lines = [f"{one.name(language)} – {one.definition(language)}" for one in chapter.indicators]
    return {"name": series.name(language), "lines": [*lines, source]}
