"""Frozen figures and releases without the people behind them, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

from django.utils import timezone

from reporting import record
from reporting.choices import ReleaseState
from reporting.disclosure import CountTable, Key, ProtectedTable, digest_of, protect, record_of
from reporting.models import FrozenTable, Release, ReleaseTable, Series
from reporting.releases.manifest import contents_of, text_of
from tests import factories

PERIOD = "2025"
REGIONS = ("ATL", "NOR", "ON", "PAC", "PRA", "QC")


def counted(dimensions: tuple[str, ...], counts: Mapping[Key, int], **more: Any) -> CountTable:
    """A confidential table with the categories that are named; what is not named counts 0."""
    categories = tuple(tuple(sorted({key[at] for key in counts})) for at in range(len(dimensions)))
    whole = {key: counts.get(key, 0) for key in product(*categories)}
    return CountTable(dimensions, categories, MappingProxyType(whole), **more)


def total(count: int, **more: Any) -> CountTable:
    return counted(("total",), {("all",): count}, **more)


def freeze(series: Series, table: ProtectedTable, period: str = PERIOD) -> FrozenTable:
    body = record_of(table)
    breakdown = "" if table.dimensions == ("total",) else ",".join(table.dimensions)
    return FrozenTable.objects.create(
        series=series, code=series.code, period=period, breakdown=breakdown, method=table.method.value,
        threshold=table.threshold, body=body, digest=digest_of(body), optimal=True, counted_at=timezone.now(),
    )  # fmt: skip


def freeze_all(period: str = PERIOD) -> None:
    """A total for every series, so that nothing is left to be counted."""
    for number, series in enumerate(record.in_force()):
        freeze(series, protect(total(100 + number)), period)


def a_release(
    tables: Mapping[str, list[CountTable]] | None = None, *, state: str = ReleaseState.APPROVED, period: str = PERIOD,
    **fields: Any,
) -> Release:  # fmt: skip
    """A release of these tables, by code of series; approved by another person than the one who prepared it."""
    titles = {"title_en": "Figures of a year", "title_fr": "Chiffres d’une année"}
    release = Release.objects.create(
        period=period, threshold=10, cutoff_at=timezone.now(), prepared_by=factories.an_analyst(), **titles | fields,
    )  # fmt: skip
    for code, found in ({"people": [total(41)]} if tables is None else tables).items():
        series = Series.objects.get(code=code, number=1)
        for table in found:
            row = freeze(series, protect(table), period)
            ReleaseTable.objects.create(release=release, frozen=row, body=row.body, digest=row.digest)
    release.manifest = text_of(contents_of(release, release.tables.select_related("frozen__series")))
    release.digest = digest_of(release.manifest)
    if state != ReleaseState.PREPARED:
        release.state, release.decided_by, release.decided_at = state, factories.an_analyst(), timezone.now()
    release.save()
    return release
