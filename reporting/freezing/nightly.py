"""Freezing what was closed, before anybody asks: so that pages find figures and need not count."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from psp.logs import get_logger
from reporting.counters.base import counter
from reporting.counters.beginning import all_periods
from reporting.counting import spoken_for
from reporting.freezing.families import inside
from reporting.freezing.one_period import still_to_come
from reporting.models import Series
from reporting.periods import Period
from reporting.record import entered, freeze_closed, in_force, spans_of

log = get_logger(__name__)


def freeze_closed_periods() -> tuple[int, int]:
    """One series after the other; how many periods were frozen, and how many could not be proven safe.

    Safe to run any number of times, at once too: what is out is left alone, and a run that died is taken up.
    """
    from reporting.freezing.background import only_one

    with only_one() as mine:
        return _freeze_all() if mine else (0, 0)


def _freeze_all() -> tuple[int, int]:
    """All in the time that a page would take. Then what was refused once more, with more time: meanwhile pages know
    that it was tried, and wait for nothing."""
    periods = all_periods(timezone.localdate())
    frozen = 0
    hard: list[Series] = []
    for series in in_force():
        done, left = _each_by_itself(series, periods)
        if done or left:
            log.info("series_frozen", code=series.code, count=done)
        frozen += done
        if left:
            hard.append(series)
    again = [_each_by_itself(series, periods, settings.PSP_REPORT_PATIENT_SECONDS) for series in hard]
    return frozen + sum(done for done, _left in again), sum(left for _done, left in again)


def _each_by_itself(series: Series, periods: Sequence[Period], seconds: float | None = None) -> tuple[int, int]:
    """A series that fails, as by a fault of its definition, must not keep the others from being counted. Its error may
    quote what was counted: only the kind of it is kept."""
    try:
        return freeze_closed(series, periods, seconds=seconds)
    except Exception as error:
        log.error("series_failed", code=series.code, kind=type(error).__name__)
        return 0, 0


def still_to_count(period: Period) -> int:
    """How many tables of series and periods are to be proven before a report on this one can be shown."""
    wanted = set()
    for series in in_force():
        spans, stock = spans_of(series), counter(series.counter).stock
        if period.span in spans and entered(series, period):
            family = [*inside(period, spans), period]
            wanted |= {(series.code, spoken_for(one, stock=stock, spans=spans).code) for one in family}
    return len(still_to_come(wanted))
