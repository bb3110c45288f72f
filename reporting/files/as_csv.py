"""A book as CSV: one tidy table, with a byte-order mark so that spreadsheets read accents."""

from __future__ import annotations

import csv
import io

from django.utils.translation import override

from psp.cells import safe_cell
from reporting.files.books import Book
from reporting.files.rows import COLUMNS, lines
from reporting.files.words import hidden_word


def to_csv(book: Book, language: str) -> bytes:
    """Text that no spreadsheet takes for a formula; hidden figures as a word, so that nobody adds them up as zero."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL)
    with override(language):
        writer.writerow([safe_cell(name) for _code, name, _about, _type in COLUMNS])
        for cells in lines(book, language):
            writer.writerow([_cell(cells[code]) for code, _name, _about, _type in COLUMNS])
    return ("\ufeff" + buffer.getvalue()).encode()


def _cell(value: str | float | None) -> object:
    if value is None:
        return hidden_word()
    return safe_cell(value) if isinstance(value, str) else value
