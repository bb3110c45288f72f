"""A report as one text: its words, definitions and tables in an order that never depends on the machine."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import override

from reporting.dimensions import dimension
from reporting.disclosure import digest_of
from reporting.models import Indicator, Release, ReleasedStory, ReleaseTable, Series

OF_SERIES = ("code", "number", "topic", "counter", "name_en", "name_fr", "unit_en", "unit_fr", "population_en",
             "population_fr", "source_en", "source_fr", "breakdowns", "spans")  # fmt: skip
OF_INDICATOR = ("code", "measure", "part", "name_en", "name_fr", "definition_en", "definition_fr")
OF_RELEASE = ("period", "method", "threshold", "title_en", "title_fr", "note_en", "note_fr", "unproven", "corrections")


LANGUAGES = ("en", "fr")
# By dimension and code of a category: its name in English and in French.
Names = Mapping[str, Mapping[str, Sequence[str]]]


def definition_of(series: Series, indicators: Iterable[Indicator]) -> dict[str, Any]:
    """`indicators`: those of this series."""
    found = sorted(indicators, key=lambda one: (one.place, one.code))
    return {name: getattr(series, name) for name in OF_SERIES} | {
        "indicators": [{name: getattr(one, name) for name in OF_INDICATOR} for one in found]
    }


def contents_of(release: Release, tables: Iterable[ReleaseTable], names: Names | None = None) -> dict[str, Any]:
    """`tables`: with their frozen ones. What the text is made of, as it is in the database now; `names`: those that a
    text gave to categories before, which stay."""
    rows = list(tables)
    named = names_in(rows) if names is None else names
    series = {row.frozen.series_id: row.frozen.series for row in rows}
    indicators: dict[int, list[Indicator]] = {pk: [] for pk in series}
    for one in Indicator.objects.filter(series__in=list(series)):
        indicators[one.series_id].append(one)
    stories = {str(place): digest_of(f"{one.language} {one.text}") for place, one in enumerate(_stories(release), 1)}
    return ({"stories": stories} if stories else {}) | ({"names": named} if named else {}) | {
        "report": {name: getattr(release, name) for name in OF_RELEASE} | {"cutoff": _moment(release)},
        "definitions": {str(one): definition_of(one, indicators[pk]) for pk, one in series.items()},
        "tables": {name_of(row): digest_of(row.body) for row in rows},
    }  # fmt: skip


def names_in(rows: Iterable[ReleaseTable]) -> Names:
    """How those categories are called now whose names are data: whoever keeps regions and kinds can call them
    otherwise, and a report that was published would say something else. Words of the program are none of these."""
    found: dict[str, set[str]] = {}
    for row in rows:
        text = json.loads(row.body)
        for name, codes in zip(text["dimensions"], text["categories"], strict=True):
            found.setdefault(name, set()).update(codes)
    named = {name: _named(name, codes) for name, codes in sorted(found.items())}
    return {name: those for name, those in named.items() if those}


def _named(name: str, codes: Collection[str]) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for language in LANGUAGES:
        with override(language):
            try:
                categories = dimension(name).categories()
            except KeyError:
                return {}
            for code, label in categories:
                if code in codes and not isinstance(label, Promise):
                    made.setdefault(str(code), []).append(str(label))
    return made


def kept_names(release: Release) -> Names:
    """Those that its text gave to categories."""
    found: Names = json.loads(release.manifest or "{}").get("names", {})
    return found


def in_language(names: Names, language: str) -> dict[str, dict[str, str]]:
    """By dimension and category, in one of the two languages."""
    at = LANGUAGES.index("fr" if language.startswith("fr") else "en")
    return {name: {code: both[at] for code, both in those.items()} for name, those in names.items()}


def _stories(release: Release) -> Iterable[ReleasedStory]:
    """The words themselves are kept once: a report that waits may still lose them."""
    return release.stories.order_by("pk") if release.pk else ()


def name_of(row: ReleaseTable) -> str:
    """As "people region,language"; the total alone is "people total"."""
    return f"{row.frozen.code} {row.frozen.breakdown or 'total'}"


def _moment(release: Release) -> str:
    return release.cutoff_at.isoformat(timespec="seconds")


def text_of(contents: Mapping[str, Any]) -> str:
    return json.dumps(contents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Where two contents say different things, as "definitions: people 1"."""
    for part in sorted({*before, *now}):
        then, today = before.get(part, {}), now.get(part, {})
        yield from (f"{part}: {name}" for name in sorted({*then, *today}) if then.get(name) != today.get(name))
