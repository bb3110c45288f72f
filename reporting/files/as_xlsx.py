"""A book as XLSX: about, definitions, a sheet for each series as people read it, and all figures as one tidy table."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from psp.cells import safe_cell
from reporting.files import words
from reporting.files.books import Book, Chapter, breakdown
from reporting.files.facts import definitions, facts
from reporting.files.grids import Grid, grids
from reporting.files.rows import COLUMNS, lines
from reporting.stories import printed as stories_printed

LONGEST_NAME = 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
LONGEST_CELL = 32_000
# What XML cannot hold; and what counts twice in the length of a name.
_UNKNOWN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONG = re.compile("[\U00010000-\U0010ffff]")
WIDE, TEXT, NUMBER = 34, 90, 14
# The same book gives the same bytes: what has no moment of its own is from this one.
NO_MOMENT = datetime(2000, 1, 1)  # noqa: DTZ001


def to_xlsx(book: Book, language: str) -> bytes:
    """Numbers are numbers, hidden ones the word; nothing in it is a formula or a link."""
    buffer = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with override(language), xlsxwriter.Workbook(buffer, {"in_memory": True, **never}) as workbook:
        _Writer(workbook, book, language).write()
    return buffer.getvalue()


class _Writer:
    def __init__(self, workbook: xlsxwriter.Workbook, book: Book, language: str) -> None:
        self.workbook, self.book, self.language = workbook, book, language
        self.names: set[str] = set()
        self.vocabulary = words.Vocabulary(book.names)
        made = (book.counted_at or NO_MOMENT).replace(tzinfo=None, microsecond=0)
        workbook.set_properties({"title": writable(book.title(language)), "author": "", "created": made})
        self.formats: dict[str, Format] = {
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "head": workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "number": workbook.add_format({"num_format": "#,##0"}),
            "decimal": workbook.add_format({"num_format": "#,##0.0"}),
            "hidden": workbook.add_format({"align": "right", "italic": True}),
            "text": workbook.add_format({"text_wrap": True, "valign": "top"}),
            "note": workbook.add_format({"text_wrap": True, "valign": "top", "italic": True}),
        }

    def write(self) -> None:
        self._about(self._sheet(_("About these figures")))
        self._definitions(self._sheet(_("Definitions")))
        for chapter in self.book.chapters:
            self._chapter(self._sheet(chapter.series.name(self.language)), chapter)
        if self.book.stories:
            self._stories(self._sheet(stories_printed.heading()))
        self._tidy(self._sheet(_("All figures")))

    def _sheet(self, name: str) -> Worksheet:
        sheet: Worksheet = self.workbook.add_worksheet(sheet_name(name, self.names))
        sheet.set_paper(1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _text(self, sheet: Worksheet, row: int, column: int, text: str, look: str = "text") -> None:
        sheet.write_string(row, column, writable(text), self.formats[look])

    def _about(self, sheet: Worksheet) -> None:
        sheet.set_column(0, 0, WIDE)
        sheet.set_column(1, 1, TEXT)
        self._text(sheet, 0, 0, self.book.title(self.language), "title")
        row = 2
        for label, value in facts(self.book, self.language):
            self._text(sheet, row, 0, label, "head")
            self._text(sheet, row, 1, value)
            row += 1
        self._text(sheet, row + 1, 0, _("How to read these figures"), "head")
        for row, sentence in enumerate(words.how_to_read(self.book), start=row + 1):  # noqa: B020
            self._text(sheet, row, 1, sentence)
        for number, sentence in enumerate(words.changes(self.book, self.language)):
            if not number:
                self._text(sheet, row + 2, 0, _("Corrections of earlier periods"), "head")
            self._text(sheet, row + 2 + number, 1, sentence)
        sheet.freeze_panes(1, 0)

    def _definitions(self, sheet: Worksheet) -> None:
        headings = (_("Series"), _("Figure"), _("Definition"), _("Unit"), _("Who or what is counted"), _("Source"))
        for column, (heading, width) in enumerate(zip(headings, (30, 30, 60, 14, 50, 40), strict=True)):
            sheet.set_column(column, column, width)
            self._text(sheet, 0, column, heading, "head")
        for row, cells in enumerate(definitions(self.book, self.language), start=1):
            for column, text in enumerate(cells):
                self._text(sheet, row, column, text)
        sheet.freeze_panes(1, 1)

    def _chapter(self, sheet: Worksheet, chapter: Chapter) -> None:
        """Its tables one under the other, each with a heading of its own."""
        sheet.set_column(0, 0, WIDE)
        sheet.set_column(1, 40, NUMBER)
        self._text(sheet, 0, 0, chapter.series.name(self.language), "title")
        self._text(sheet, 0, 1, chapter.series.unit(self.language), "note")
        row = 2
        for heading, grid in headed(chapter, self.vocabulary):
            self._text(sheet, row, 0, heading, "title")
            row = self._grid(sheet, row + 1, grid) + 1
        sheet.freeze_panes(1, 1)

    def _grid(self, sheet: Worksheet, row: int, grid: Grid) -> int:
        for column, heading in enumerate((grid.heading, *grid.columns)):
            self._text(sheet, row, column, heading, "head")
        for name, values in grid.rows:
            row += 1
            self._text(sheet, row, 0, name)
            for column, value in enumerate(values, start=1):
                self._value(sheet, row, column, value)
        return row + 1

    def _value(self, sheet: Worksheet, row: int, column: int, value: float | str | None) -> None:
        if value is None:
            self._text(sheet, row, column, words.hidden_word(), "hidden")
        elif isinstance(value, str):
            self._text(sheet, row, column, value)
        else:
            sheet.write_number(row, column, value, self.formats["number" if isinstance(value, int) else "decimal"])

    def _stories(self, sheet: Worksheet) -> None:
        sheet.set_column(0, 0, WIDE)
        sheet.set_column(1, 1, TEXT)
        self._text(sheet, 0, 0, stories_printed.heading(), "title")
        self._text(sheet, 0, 1, stories_printed.about(), "note")
        for row, one in enumerate(self.book.stories, start=2):
            self._text(sheet, row, 0, one.language_name, "head")
            self._text(sheet, row, 1, one.text)
        sheet.freeze_panes(1, 0)

    def _tidy(self, sheet: Worksheet) -> None:
        last = 0
        for column, (_code, name, _about, _type) in enumerate(COLUMNS):
            self._text(sheet, 0, column, str(name), "head")
        for last, cells in enumerate(lines(self.book, self.language), start=1):
            for column, (code, _name, _about, _type) in enumerate(COLUMNS):
                self._value(sheet, last, column, cells[code])
        sheet.set_column(0, len(COLUMNS) - 1, 18)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
        sheet.freeze_panes(1, 0)


def headed(chapter: Chapter, vocabulary: words.Vocabulary) -> Iterator[tuple[str, Grid]]:
    """Each grid of a chapter with what to write above it."""
    for table in chapter.tables:
        for number, grid in enumerate(grids(table, vocabulary)):
            more = f" – {words.measure_name(grid.measure)}" if number else ""
            yield vocabulary.breakdown(breakdown(table)) + more, grid


def writable(text: str) -> str:
    """The text as a cell can hold it: no formula, no sign that the format does not know, not too long."""
    return str(safe_cell(_UNKNOWN.sub("", text)))[:LONGEST_CELL]


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that spreadsheets accept: short, without their signs, and no second one that differs in capitals only."""
    plain = (
        " ".join(_LONG.sub(" ", _UNKNOWN.sub("", wanted)).translate(FORBIDDEN).split())
        .strip("'")[:LONGEST_NAME]
        .strip()
        or "1"
    )
    name, number = plain, 1
    while name.lower() in taken or name.lower() in ("history", "historique"):
        number += 1
        end = f" {number}"
        name = plain[: LONGEST_NAME - len(end)].rstrip() + end
    taken.add(name.lower())
    return name
