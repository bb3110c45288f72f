"""Counting, proving and freezing one period of one series: in one transaction, by one at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.errors import DomainError
from psp.logs import get_logger
from reporting import disclosure
from reporting.choices import Method
from reporting.counters.base import Breakdown, counter
from reporting.counting import breakdowns, count_tables
from reporting.disclosure import (
    CountTable,
    DisclosureError,
    Nesting,
    Protected,
    ProtectedTable,
    digest_of,
    protect_together,
    record_of,
    restore,
)
from reporting.freezing.families import around, inside, nestings, overlap, parts_of
from reporting.models import FrozenTable, Series, Unproven
from reporting.periods import LENGTHS, Period, Span, parse, since

__all__ = [
    "check_entered",
    "entered",
    "freeze",
    "is_within_what_is_out",
    "kept",
    "lengths",
    "months_to_come",
    "newest",
    "note_unproven",
    "parts_of",
    "queue_pages",
    "still_to_come",
]
log = get_logger(__name__)
# What is out of the same people, and how its periods lie in each other.
Out = tuple[list[ProtectedTable], tuple[Nesting, ...]]


def newest(series: Series) -> Series:
    """The version in force: what is counted now is counted by it."""
    return Series.objects.filter(code=series.code).order_by("-number").first() or series


def kept(code: str, period: Period) -> list[FrozenTable]:
    """The total alone comes first."""
    return list(FrozenTable.objects.filter(code=code, period=period.code).select_related("series").order_by("pk"))


def lengths(code: str, period: Period, spans: Sequence[Span]) -> list[Span]:
    """`spans`, and the lengths of all that is out of these days: it tells of them, whatever is counted nowadays."""
    found = {one.span for one in _periods_out(code) if overlap(one, period)}
    return [span for span in Span if span in found or span in spans]


def is_within_what_is_out(code: str, period: Period) -> bool:
    """Whether a longer period is out that it lies in. Then it is never counted: with each part that comes out one by
    one, the whole tells more of those that nobody has counted yet."""
    return any(_lies_in(period, one) for one in _periods_out(code))


def still_to_come(wanted: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those codes of series and periods that are not out, and do not lie in a longer period that is."""
    rows = FrozenTable.objects.filter(breakdown="", code__in={code for code, _period in wanted})
    out: dict[str, set[str]] = {}
    for code, period in rows.values_list("code", "period"):
        out.setdefault(code, set()).add(period)
    return {
        (code, period) for code, period in wanted
        if not any(one == period or _lies_in(parse(period), parse(one)) for one in out.get(code, ()))
    }  # fmt: skip


def months_to_come(code: str, period: Period) -> list[Period]:
    """Its months that are not out, neither by themselves nor within a longer period."""
    out = _periods_out(code)
    months = since(period.first, period.after - timedelta(days=1), Span.MONTH)
    return [month for month in months if not any(overlap(month, one) for one in out)]


def entered(series: Series, period: Period) -> bool:
    """As `record.entered`."""
    asked = counter(series.counter).entered
    return asked is None or all(asked(month) for month in months_to_come(series.code, period))


def check_entered(series: Series, period: Period) -> None:
    """DomainError `not_entered`."""
    if not entered(series, period):
        raise DomainError(_("The numbers of this period are not all entered yet."), code="not_entered")


def _lies_in(period: Period, other: Period) -> bool:
    return LENGTHS[other.span] > LENGTHS[period.span] and overlap(other, period)


def _periods_out(code: str) -> list[Period]:
    return [parse(one) for one in FrozenTable.objects.filter(code=code, breakdown="").values_list("period", flat=True)]


def queue_pages() -> None:
    """Within a page's transaction every lock is held to its end: two pages that freeze several series in different
    order would wait for each other for ever, so that one page at a time freezes."""
    if connection.in_atomic_block:
        _lock("page")


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('frozen'), hashtext(%s))", [name])


def freeze(series: Series, period: Period, spans: Sequence[Span], seconds: float) -> list[FrozenTable]:
    """The rows of a period whose parts are frozen. `seconds`: how long the proof may take. DisclosureError: then
    nothing of it is kept. DomainError `not_entered`."""
    with transaction.atomic():
        # Whoever comes second finds what the first one froze.
        _lock(series.code)
        if rows := kept(series.code, period):
            return rows
        # Whoever types numbers waits at the same lock: one that was taken back until now is not counted as none.
        check_entered(series, period)
        now, withhold = timezone.now(), counter(series.counter).withhold
        wanted, made = _most_that_can_be_proven(series, period, spans, seconds)
        shown = withhold(made.tables) if withhold else made.tables
        rows = FrozenTable.objects.bulk_create(
            _row(series, period, dimensions, table, made.optimal, now)
            for dimensions, table in zip(wanted, shown, strict=True)
        )
        Unproven.objects.filter(code=series.code, period=period.code).delete()
    log.info(
        "figures_frozen", code=series.code, kind=period.span.value, count=len(rows), seconds=round(made.seconds, 3)
    )
    return rows


def _most_that_can_be_proven(
    series: Series, period: Period, spans: Sequence[Span], seconds: float
) -> tuple[list[Breakdown], Protected]:
    """Every breakdown; where what is out of its parts leaves no room for all, the simpler ones, and at last what
    became of everybody together. What is left out is hidden whole, in this period and in those that it lies in."""
    wanted = _in_every_part(series, period, spans)
    counted = dict(zip(wanted, count_tables(series, period, wanted), strict=True))
    out, split = _out(series, period, spans), {counter(series.counter).split}
    simpler = [names for names in wanted if len(names) < 2]
    together = [names for names in wanted if set(names) <= split]
    for tried in (wanted, simpler):
        if len(tried) > len(together):
            try:
                return tried, _proven([counted[names] for names in tried], out, seconds)
            except DisclosureError as error:
                # Whatever else it is, as time that ran out, is no better with less.
                if error.path != "released":
                    raise
    return together, _proven([counted[names] for names in together], out, seconds)


def _in_every_part(series: Series, period: Period, spans: Sequence[Span]) -> list[Breakdown]:
    """The breakdowns of a period. One that some part of it was not counted by, since the definition was another one
    then, begins with the next period: this one less the other parts would be that part, which nobody protected."""
    counted: dict[str, list[set[str]]] = {one.code: [] for one in parts_of(period, spans)}
    rows = FrozenTable.objects.filter(code=series.code, period__in=counted).values_list("period", "breakdown")
    for code, breakdown in rows:
        counted[code].append(set(breakdown.split(",")))
    return [
        names for names in breakdowns(series)
        if not names or all(any(set(names) <= those for those in found) for found in counted.values())
    ]  # fmt: skip


def _proven(counted: Sequence[CountTable], out: Out, seconds: float) -> Protected:
    """Today's counts, brought to agree with what is out, in one proof with it."""
    released, nested = out
    return protect_together(
        disclosure.fit(counted, released, nested).tables, settings.PSP_SUPPRESSION_THRESHOLD, released=released,
        nestings=nested, time_limit=seconds,
    )  # fmt: skip


def _out(series: Series, period: Period, spans: Sequence[Span]) -> Out:
    """What is out of the same people, and how the periods lie in each other.

    As a rule these are the parts. Should a longer period be out that it lies in (`is_within_what_is_out` says no to
    that before), it is everything inside that one.
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
