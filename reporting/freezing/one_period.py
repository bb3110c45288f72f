"""Counting, proving and freezing one period of one series: in one transaction, by one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from psp.logs import get_logger
from reporting import disclosure
from reporting.choices import Method
from reporting.counters.base import counter
from reporting.counting import breakdowns, count_tables
from reporting.disclosure import Nesting, Protected, ProtectedTable, digest_of, protect_together, record_of, restore
from reporting.freezing.families import around, inside, nestings, parts_of
from reporting.models import FrozenTable, Series, Unproven
from reporting.periods import Period, Span

__all__ = ["freeze", "kept", "newest", "note_unproven", "parts_of", "queue_pages"]
log = get_logger(__name__)


def newest(series: Series) -> Series:
    """The version in force: what is counted now is counted by it."""
    return Series.objects.filter(code=series.code).order_by("-number").first() or series


def kept(code: str, period: Period) -> list[FrozenTable]:
    """The total alone comes first."""
    return list(FrozenTable.objects.filter(code=code, period=period.code).select_related("series").order_by("pk"))


def queue_pages() -> None:
    """Within a page's transaction every lock is held to its end: two pages that freeze several series in different
    order would wait for each other for ever, so that one page at a time freezes."""
    if connection.in_atomic_block:
        _lock("page")


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('frozen'), hashtext(%s))", [name])


def freeze(series: Series, period: Period, spans: Sequence[Span]) -> list[FrozenTable]:
    """The rows of a period whose parts are frozen. DisclosureError: then nothing of it is kept."""
    with transaction.atomic():
        # Whoever comes second finds what the first one froze.
        _lock(series.code)
        if rows := kept(series.code, period):
            return rows
        now, withhold = timezone.now(), counter(series.counter).withhold
        made = _proven(series, period, spans)
        shown = withhold(made.tables) if withhold else made.tables
        rows = FrozenTable.objects.bulk_create(
            _row(series, period, dimensions, table, made.optimal, now)
            for dimensions, table in zip(breakdowns(series), shown, strict=True)
        )
        Unproven.objects.filter(code=series.code, period=period.code).delete()
    log.info(
        "figures_frozen", code=series.code, kind=period.span.value, count=len(rows), seconds=round(made.seconds, 3)
    )
    return rows


def _proven(series: Series, period: Period, spans: Sequence[Span]) -> Protected:
    """Today's counts, brought to agree with what is out, in one proof with it."""
    released, nested = _out(series, period, spans)
    counted = disclosure.fit(count_tables(series, period), released, nested).tables
    return protect_together(
        counted, settings.PSP_SUPPRESSION_THRESHOLD, released=released, nestings=nested,
        time_limit=settings.PSP_REPORT_PROOF_SECONDS,
    )  # fmt: skip


def _out(series: Series, period: Period, spans: Sequence[Span]) -> tuple[list[ProtectedTable], tuple[Nesting, ...]]:
    """What is out of the same people, and how the periods lie in each other.

    As a rule these are the parts. Where a longer period is out already, e.g. since shorter ones were not offered
    then, everything inside that one is.
    """
    outer = [one for one in around(period, spans) if kept(series.code, one)]
    widest = outer[-1] if outer else period
    family = [*inside(widest, spans), widest]
    rows = FrozenTable.objects.filter(code=series.code, period__in=[one.code for one in family]).order_by("pk")
    out = [(row.period, restore(row.body, row.digest)) for row in rows]
    known = {period.code, *(code for code, _table in out)}
    present = [one for one in family if one.code in known]
    return [table for _code, table in out], nestings(present, spans, adds=counter(series.counter).adds)


def _row(
    series: Series, period: Period, dimensions: tuple[str, ...], table: ProtectedTable, optimal: bool, now: datetime
) -> FrozenTable:
    body = record_of(table)
    return FrozenTable(
        series=series, code=series.code, period=period.code, breakdown=",".join(dimensions),
        method=Method(table.method.value), threshold=table.threshold, body=body, digest=digest_of(body),
        optimal=optimal, counted_at=now,
    )  # fmt: skip


def note_unproven(code: str, period: Period) -> None:
    """That it was tried and when, so that nobody waits for the same answer again; nothing of what was counted."""
    Unproven.objects.update_or_create(code=code, period=period.code, defaults={"tried_at": timezone.now()})
    log.info("figures_not_proven", code=code, kind=period.span.value)
