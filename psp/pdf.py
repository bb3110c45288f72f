"""Papers that everybody can read: tagged PDFs (PDF/UA-1), each in one language, with fonts that come with the program.

A template is a file of `psp/pdf_templates/`. What it shows reaches it as values (JSON), so nothing that people
wrote is ever read as source. Nothing outside that folder is read, and nothing is fetched.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise

from psp.calendar_text import long_date
from psp.pdf_rows import NotAsExpected, with_row_heads

TEMPLATES = Path(__file__).parent / "pdf_templates"
BOX = "□"
ATTEMPTS = 8
# What the maker names when the letters at hand lack a sign, or the standard forbids it.
_NOT_SHOWN = re.compile(r'the text `"(.+?)"` could not be displayed|disallowed codepoint `"(.+?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class PdfError(RuntimeError):
    """A paper that could not be made. Says which template and never what stood in it: it may land in a log."""


def make_pdf(
    template: str, data: Mapping[str, Any], *, language: str, title: str, row_heads: bool = False
) -> bytes:  # fmt: skip
    """The paper `template` ("consent" for `consent.typ`) in "en" or "fr", filled with `data`.

    `title` stands in the window of whoever opens the file: it must be neutral. `data` holds text, numbers, lists and
    mappings; dates are written out by the caller, as people write them. A sign that no letter at hand can show
    becomes a box, and a line says so. `row_heads`: the first cell of each row of a table says what the row is about.
    PdfError if the template does not fit the data.
    """
    values = {"language": language, "made": long_date(timezone.localdate(), language)}
    lost: set[str] = set()
    for _attempt in range(ATTEMPTS):
        shown = json.dumps(_showable(data, lost), ensure_ascii=False)
        try:
            named = {"title": _boxed(str(title), lost), "data": shown}
            made = _compiled(template, values | named | {"lost": "yes" if lost else ""})
            return with_row_heads(made) if row_heads else made
        except NotAsExpected:
            break
        except typst.TypstError as error:
            missing = not_shown(str(getattr(error, "diagnostic", ""))) - lost
        if not missing:
            break
        lost |= missing
    raise PdfError(f"the paper {template} could not be made")


def _compiled(template: str, values: dict[str, str]) -> bytes:
    made = typst.compile(
        str(TEMPLATES / f"{template}.typ"), root=str(TEMPLATES), font_paths=[], ignore_system_fonts=True, format="pdf",
        sys_inputs=values, pdf_standards=["ua-1"], timestamp=int(timezone.now().timestamp()),
    )  # fmt: skip
    return bytes(made)


def _showable(value: Any, lost: set[str]) -> Any:
    """The same values without signs that no paper can hold, and with boxes for those that cannot be shown."""
    if isinstance(value, Mapping):
        return {key: _showable(item, lost) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_showable(item, lost) for item in value]
    if isinstance(value, int | float | None):
        return value
    if isinstance(value, str | Promise):
        return _boxed(str(value), lost)
    raise TypeError(f"a paper shows text, not {type(value).__name__}")


def _boxed(text: str, lost: set[str]) -> str:
    kept = "".join(sign for sign in text if sign == "\n" or not _unprintable(sign))
    for sign in sorted(lost, key=len, reverse=True):
        kept = kept.replace(sign, BOX)
    return kept


def _unprintable(sign: str) -> bool:
    return sign == "\ufeff" or unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co")


def not_shown(diagnostic: str) -> set[str]:
    """The signs of which the maker said that it cannot show them."""
    named = (first or second for first, second in _NOT_SHOWN.findall(diagnostic))
    return {_ESCAPED.sub(lambda match: chr(int(match[1], 16)), one) for one in named}


def file_name() -> str:
    """Says nothing to whoever sees it among the downloads."""
    return f"document-{timezone.localdate().isoformat()}.pdf"


def pdf_response(pdf: bytes) -> HttpResponse:
    """The paper as a file to keep, under a neutral name. Papers are never sent by mail."""
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{file_name()}"'
    return answer
