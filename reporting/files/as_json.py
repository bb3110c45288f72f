"""A book as JSON: a data package (https://datapackage.org) whose fields describe themselves in both languages."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils.translation import override

from reporting.choices import Method
from reporting.files import words
from reporting.files.books import Book, Changed, Chapter, breakdown, protected
from reporting.files.rows import COLUMNS, Line, lines
from reporting.files.words import HIDDEN
from reporting.models import Indicator

LANGUAGES = ("en", "fr")
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def to_json(book: Book, language: str) -> bytes:
    return json.dumps(package(book, language), ensure_ascii=False, indent=1).encode()


def package(book: Book, language: str) -> dict[str, Any]:
    """Descriptor and data in one. `protectedTables`: the contract's own tables, with null for a hidden value."""
    with override(language):
        found = list(lines(book, language))
        how = words.how_to_read(book)
    return {
        "$schema": PROFILE,
        "name": f"figures-{book.period.code.lower()}",
        "title": book.title(language), "titles": {code: book.title(code) for code in LANGUAGES},
        "description": " ".join(how), "language": language,
        "licenses": [{"name": settings.PSP_REPORT_LICENCE}],
        "period": {"code": book.period.code, "first": book.period.first.isoformat(), "after": book.period.after.isoformat()},  # noqa: E501
        "threshold": book.threshold, "method": str(book.method.value), "methods": _both(_method_label, book.method),
        "counted_at": book.counted_at.isoformat() if book.counted_at else None,
        "approved_on": book.approved_on.isoformat() if book.approved_on else None,
        "corrections": [_change(one) for one in book.changes],
        "unproven": [{code: one(code) for code in LANGUAGES} for one in book.missing],
        "digest": f"sha256:{book.digest}", "notes": {code: book.note(code) for code in LANGUAGES},
        "stories": [{"language": one.language, "text": one.text} for one in book.stories],
        "resources": [_resource(book, language, found)],
        "definitions": [definition(chapter) for chapter in book.chapters],
        "protectedTables": [_table(chapter, number) for chapter in book.chapters for number in range(len(chapter.tables))],  # noqa: E501
    }  # fmt: skip


def _change(one: Changed) -> dict[str, Any]:
    names = {code: one.name(code) for code in LANGUAGES}
    return {"series": one.series, "names": names, "period": one.period.code, "change": one.change}


def _resource(book: Book, language: str, found: list[Line]) -> dict[str, Any]:
    data = [{**one, "value": HIDDEN if one["value"] is None else one["value"]} for one in found]
    return {
        "name": "figures", "type": "table", "title": book.title(language), "data": data,
        "schema": {"fields": fields(language), "missingValues": ["", HIDDEN]},
    }  # fmt: skip


def fields(language: str) -> list[dict[str, Any]]:
    """What each column holds, in both languages; `title` and `description` in the reader's."""
    described = []
    for code, name, about, kind in COLUMNS:
        titles, abouts = _both(str, name), _both(str, about)
        short = language[:2]
        described.append({
            "name": code, "type": kind, "title": titles[short], "titles": titles,
            "description": abouts[short], "descriptions": abouts,
        })  # fmt: skip
    return described


def definition(chapter: Chapter) -> dict[str, Any]:
    """What a series means, in both languages, in the version that was counted. `units`: what is counted, of a figure
    what it is given in; `measured`: what medians and means are given in, "" where there is none."""
    series = chapter.series
    return {
        "series": series.code, "number": series.number,
        "names": {code: series.name(code) for code in LANGUAGES},
        "units": {code: series.unit(code) for code in LANGUAGES},
        "measured": {code: series.measured(code) for code in LANGUAGES},
        "population": {"en": series.population_en, "fr": series.population_fr},
        "source": {"en": series.source_en, "fr": series.source_fr},
        "indicators": [_indicator(one) for one in chapter.indicators],
    }  # fmt: skip


def _indicator(one: Indicator) -> dict[str, Any]:
    return {
        "indicator": one.code, "measure": one.measure, "part": one.part,
        "names": {code: one.name(code) for code in LANGUAGES},
        "units": {code: one.unit(code) for code in LANGUAGES},
        "definitions": {code: one.definition(code) for code in LANGUAGES},
    }  # fmt: skip


def _table(chapter: Chapter, number: int) -> dict[str, Any]:
    table = protected(chapter.tables[number])
    return {
        "series": chapter.series.code, "where": dict(table.where), "dimensions": list(table.dimensions),
        "breakdown": list(breakdown(table)), "method": table.method.value,
        "overlapping": sorted(table.overlapping), **table.to_json(),
    }  # fmt: skip


def _method_label(method: Method) -> str:
    return str(method.label)


def _both(say: Any, what: Any) -> dict[str, str]:
    found = {}
    for code in LANGUAGES:
        with override(code):
            found[code] = say(what)
    return found
