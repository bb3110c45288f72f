"""Counting that takes longer than anybody waits for a page: the worker does it, and the page looks again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from psp.errors import DomainError
from psp.queue import after_commit
from reporting import record
from reporting.counters.base import counter
from reporting.counting import spoken_for
from reporting.disclosure import DisclosureError
from reporting.freezing.families import inside
from reporting.freezing.one_period import still_to_come
from reporting.models import Series
from reporting.periods import Period

# For so many seconds nobody else asks the worker for the same again.
ASKED = "reporting.counting"
REST_SECONDS = 20
# One counts at a time: the other hands of the worker are for messages, which nobody may wait for.
LOCK = "reporting.counting"


def in_background(missing: Iterable[tuple[Series, Period]]) -> int:
    """How many periods of figures are to be counted for these, where that is too long for a page: then the worker is
    asked to. 0 where the page can do it itself, or nothing is missing."""
    missing = list(missing)
    due = to_count(missing)
    if len(due) <= settings.PSP_REPORT_PROOFS_IN_PAGE:
        return 0
    for period in {period.code for _series, period in missing}:
        _ask(period, sorted(series.code for series, one in missing if one.code == period))
    return len(due)


def _ask(period: str, codes: list[str]) -> None:
    from reporting.tasks import freeze_for

    if cache.add(_asked(period, codes), True, REST_SECONDS):
        after_commit(freeze_for, period, *codes)


def _asked(period: str, codes: Iterable[str]) -> str:
    return f"{ASKED}.{period}.{'.'.join(sorted(codes))}"


def ask_for_everything() -> None:
    """What the night does, at once. However often it is asked for, the queue holds it once."""
    from reporting.tasks import freeze_closed_periods

    if cache.add(f"{ASKED}.everything", True, REST_SECONDS):
        after_commit(freeze_closed_periods)


@contextmanager
def only_one() -> Iterator[bool]:
    """Whether nobody else counts now. Whoever dies while counting lets go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [LOCK])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [LOCK])


def freeze_for(period: Period, codes: Iterable[str]) -> None:
    """What a page waits for: these series for this period, the shorter periods in it first.

    Nothing where somebody else counts: the next look of the page asks again, without waiting for the rest to be over.
    """
    codes = frozenset(codes)
    with only_one() as mine:
        if not mine:
            cache.delete(_asked(period.code, codes))
            return
        for series in record.in_force():
            if series.code in codes:
                with suppress(DisclosureError, DomainError):
                    record.ensure(series, period)


def to_count(missing: Iterable[tuple[Series, Period]]) -> set[tuple[str, str]]:
    """Codes of series and periods that have to be frozen, shorter periods included; not what was refused lately."""
    wanted: set[tuple[str, str]] = set()
    for series, period in missing:
        spans, stock = record.spans_of(series), counter(series.counter).stock
        possible = period.span in spans and record.is_closed(period) and record.entered(series, period)
        if possible and not record.tried_lately(series.code, period):
            family = [*inside(period, spans), period]
            wanted |= {(series.code, spoken_for(one, stock=stock, spans=spans).code) for one in family}
    return still_to_come(wanted) if wanted else set()
