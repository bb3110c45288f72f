"""The copy as HTML, drawn in one piece: after ten years it has tens of thousands of lines, each a few words.

The same markup as `components/summary_list.html` and `components/data_table.html`. Every value is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def drawn(sections: Iterable[dict[str, Any]]) -> SafeString:
    """`sections`: from `privacy.copies_words.as_words`."""
    nothing = f'<p class="quiet">{escape(_("Nothing is held here."))}</p>'
    whole = "\n".join([_section(section, nothing) for section in sections])
    return SafeString(whole)  # nosec B703 B308 - escaped below


def _section(section: dict[str, Any], nothing: str) -> str:
    name = f"held-{section['code']}"
    records = section["records"]
    inside = (_table(records) if section["alike"] else "\n".join(map(_list, records))) if records else nothing
    return (
        f'<section class="stack" aria-labelledby="{name}">\n<h2 id="{name}">{escape(section["title"])}</h2>\n'
        f"{inside}\n</section>"
    )


def _list(record: list[dict[str, str]]) -> str:
    rows = [
        f'<div class="summary-row"><dt>{escape(line["label"])}</dt>'
        f'<dd class="summary-value">{_lines(line["value"])}</dd></div>'
        for line in record
    ]
    return f'<dl class="summary-list">{"".join(rows)}</dl>'


def _table(records: list[list[dict[str, str]]]) -> str:
    heads = [escape(line["label"]) for line in records[0]]
    labels = [f'<td data-label="{head}">' for head in heads]
    rows = [f"<tr>{_cells(labels, record)}</tr>" for record in records]
    return (
        '<div class="table-frame"><table class="data-table"><thead><tr>'
        + "".join([f'<th scope="col">{head}</th>' for head in heads])
        + "</tr></thead><tbody>" + "\n".join(rows) + "</tbody></table></div>"
    )  # fmt: skip


def _cells(labels: list[str], record: list[dict[str, str]]) -> str:
    return "".join([f"{label}{_lines(line['value'])}</td>" for label, line in zip(labels, record, strict=True)])


def _lines(text: str) -> str:
    """As people wrote it: their lines stay lines."""
    return escape(text).replace("\r\n", "\n").replace("\n", "<br>")
