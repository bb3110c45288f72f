"""A report as one text: its words, definitions and tables in an order that never depends on the machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reporting.disclosure import digest_of
from reporting.models import Indicator, Release, ReleasedStory, ReleaseTable, Series

OF_SERIES = ("code", "number", "topic", "counter", "name_en", "name_fr", "unit_en", "unit_fr", "population_en",
             "population_fr", "source_en", "source_fr", "breakdowns", "spans")  # fmt: skip
OF_INDICATOR = ("code", "measure", "part", "name_en", "name_fr", "definition_en", "definition_fr")
OF_RELEASE = ("period", "method", "threshold", "title_en", "title_fr", "note_en", "note_fr", "unproven", "corrections")


def definition_of(series: Series, indicators: Iterable[Indicator]) -> dict[str, Any]:
    """`indicators`: those of this series."""
    found = sorted(indicators, key=lambda one: (one.place, one.code))
    return {name: getattr(series, name) for name in OF_SERIES} | {
        "indicators": [{name: getattr(one, name) for name in OF_INDICATOR} for one in found]
    }


def contents_of(release: Release, tables: Iterable[ReleaseTable]) -> dict[str, Any]:
    """`tables`: with their frozen ones. What the text is made of, as it is in the database now."""
    rows = list(tables)
    series = {row.frozen.series_id: row.frozen.series for row in rows}
    indicators: dict[int, list[Indicator]] = {pk: [] for pk in series}
    for one in Indicator.objects.filter(series__in=list(series)):
        indicators[one.series_id].append(one)
    stories = {str(place): digest_of(f"{one.language} {one.text}") for place, one in enumerate(_stories(release), 1)}
    return ({"stories": stories} if stories else {}) | {
        "report": {name: getattr(release, name) for name in OF_RELEASE} | {"cutoff": _moment(release)},
        "definitions": {str(one): definition_of(one, indicators[pk]) for pk, one in series.items()},
        "tables": {name_of(row): digest_of(row.body) for row in rows},
    }  # fmt: skip


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
