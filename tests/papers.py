"""Reading and checking PDFs, for every test that makes one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import page
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream


def assert_pdf_ua(pdf: bytes, *, language: str = "", title: str = "") -> None:
    """A PDF/UA-1 file for an independent validator, with its language and its title if they are given."""
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, [(one.rule_id, one.message) for one in report.failures]
    assert report.rules.total > 50, "the validator looked at hardly anything"
    reader = PdfReader(BytesIO(pdf))
    if language:
        assert str(reader.root_object["/Lang"]) == f"{language}-CA"
    if title:
        assert reader.xmp_metadata.dc_title == {"x-default": title}


def pdf_text(pdf: bytes) -> str:
    """What somebody reads in a PDF of ours, in the order in which it was written, with single spaces."""
    pages = ("".join(text for _mark, text in said(one)) for one in PdfReader(BytesIO(pdf)).pages)
    return " ".join(" ".join(text.split()) for text in pages)


def said(sheet: PageObject) -> Iterator[tuple[int | None, str]]:
    """The pieces of text of a page as they were written, each with the mark that a tag points at."""
    fonts = {name: _letters(font["/ToUnicode"].get_data()) for name, font in _fonts(sheet).items()}
    letters: dict[int, str] = {}
    mark: int | None = None
    for operands, operator in ContentStream(sheet["/Contents"], sheet.pdf).operations:
        match operator, operands:
            case b"Tf", (font, _size):
                letters = fonts[font]
            case b"BDC", (_kind, {"/MCID": number}):
                mark = int(number)
            case b"EMC", _:
                mark = None
            case (b"Tj", (text,)) | (b"TJ", (text,)):
                parts = text if operator == b"TJ" else [text]
                yield mark, "".join(_read(one, letters) for one in parts if isinstance(one, str | bytes))
            case b"ET", _:
                yield None, " "


def _fonts(sheet: PageObject) -> Any:
    return sheet["/Resources"].get("/Font", {})


def _read(shown: Any, letters: dict[int, str]) -> str:
    codes = shown.original_bytes
    return "".join(letters.get(int.from_bytes(codes[at : at + 2], "big"), "") for at in range(0, len(codes), 2))


def _letters(table: bytes) -> dict[int, str]:
    """Which text each sign of a font stands for."""
    told = table.decode("latin-1")
    pairs = re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>\s*\n", told)
    found = {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}
    for first, last, text in re.findall(r"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})>", told):
        start = int(text, 16)
        found |= {code: chr(start + code - int(first, 16)) for code in range(int(first, 16), int(last, 16) + 1)}
    return found
