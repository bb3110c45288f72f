"""The one door to figures: what is out already, or else counted, protected and frozen now.

A period is counted once, after it is over and `PSP_REPORT_SETTLE_DAYS` have passed, and after the shorter periods in
it. Whoever looks later sees the same figures, whatever was withdrawn, corrected or entered since (`security.md` 35).
Each look is counted by table and day, and written into the access log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError
from reporting import disclosure
from reporting.choices import Method
from reporting.counters.base import counter
from reporting.counting import spoken_for
from reporting.disclosure import DisclosureError, ProtectedTable, digest_of, record_of, restore
from reporting.freezing import looks
from reporting.freezing import one_period as freezing
from reporting.models import FrozenTable, Release, ReleaseTable, Series, Unproven
from reporting.periods import LENGTHS, Period, Span

Breakdown = tuple[str, ...]
Tables = Mapping[Breakdown, ProtectedTable]
# How long a table that could not be proven safe is not tried again while somebody waits for a page.
REST = timedelta(hours=20)


class NotProven(DisclosureError, DomainError):
    """These figures could not be proven safe: nothing is kept of them and nothing is shown."""

    def __init__(self, series: Series, period: Period) -> None:
        DomainError.__init__(self, _("These figures could not be proven safe, so they are not shown."),
                             code="not_proven")  # fmt: skip
        self.path, self.series, self.period = series.code, series, period


def settled_on(period: Period) -> date:
    """The first day on which its figures can be seen: never one of its own, whatever the settings say."""
    return period.after + timedelta(days=max(0, settings.PSP_REPORT_SETTLE_DAYS))


def is_closed(period: Period, today: date | None = None) -> bool:
    return settled_on(period) <= (today or timezone.localdate())


def entered(series: Series, period: Period) -> bool:
    """Whether what it counts was entered. What comes from elsewhere may come late, and what is out never changes.

    Of a month that is out nothing can be entered any more: a platform or a region that came later has nothing there.
    """
    return freezing.entered(series, period)


def in_force() -> list[Series]:
    """The newest version of every series, in order of topic and place."""
    newest: dict[str, Series] = {}
    for series in Series.objects.order_by("number"):
        newest[series.code] = series
    return sorted(newest.values(), key=lambda one: one.standing)


def spans_of(series: Series) -> list[Span]:
    """For which lengths of period it is counted: those of its definition, none shorter than the program allows."""
    finest = LENGTHS[Span(settings.PSP_REPORT_FINEST)]
    return [span for span in Span if span in series.spans and LENGTHS[span] >= finest]


def tables(series: Series, period: Period) -> Tables:
    """Every breakdown of the series with its protected table; a look that is counted and logged.

    DomainError: `period_not_closed`, `not_entered`, `not_counted_for` (the series knows no period of this length).
    NotProven, a DisclosureError, where it cannot be proven safe.
    """
    rows = ensure(series, period)
    looks.note([((series, period), rows)])
    return {breakdown_of(row): opened(row) for row in rows}


def definition(series: Series, period: Period) -> Series:
    """The version that its figures of this period were counted by, once they are out; else the one in force.

    Comparing two periods, a page says where the numbers of their definitions differ.
    """
    period = _spoken_for(series, period)
    row = FrozenTable.objects.filter(code=series.code, period=period.code).select_related("series").first()
    return row.series if row else freezing.newest(series)


def ensure(series: Series, period: Period, *, again: bool = False, seconds: float | None = None) -> list[FrozenTable]:
    """The frozen rows, the total first; frozen now where they are not yet. Counts no look. Errors as `tables`.

    `again`: try also what could not be proven safe a short while ago. `seconds`: how long each proof may take, where
    it is not as long as somebody waits for a page.
    """
    period = _spoken_for(series, period)
    if rows := freezing.kept(series.code, period):
        return rows
    if not is_closed(period):
        raise DomainError(_("These figures are counted after the period is over."), code="period_not_closed")
    newest = freezing.newest(series)
    freezing.check_entered(newest, period)
    if period.span not in spans_of(newest) or freezing.is_within_what_is_out(newest.code, period):
        raise DomainError(_("These figures are not counted for periods of this length."), code="not_counted_for")
    if not again and tried_lately(newest.code, period):
        raise NotProven(newest, period)
    return _frozen(newest, period, seconds)


def _frozen(series: Series, period: Period, seconds: float | None = None) -> list[FrozenTable]:
    """Its parts first, each in a transaction of its own: whoever dies in between leaves whole periods and no half."""
    freezing.queue_pages()
    spans = freezing.lengths(series.code, period, spans_of(series))
    try:
        # A whole minus its parts tells a part that is not out: so no whole without all of them.
        for part in freezing.parts_of(period, spans):
            _ensure_part(series, part)
        rows = freezing.freeze(series, period, spans, seconds or settings.PSP_REPORT_PROOF_SECONDS)
    except DisclosureError:
        freezing.note_unproven(series.code, period)
        # The reason may quote a place of the table: it goes no further than here.
        raise NotProven(series, period) from None
    return rows


def _spoken_for(series: Series, period: Period) -> Period:
    """The period whose figures stand for this one, by the lengths that are out too: how things stood on a day is
    counted once."""
    spans = spans_of(series)
    if not counter(series.counter).stock:
        return period
    return spoken_for(period, stock=True, spans=freezing.lengths(series.code, period, spans))


def _ensure_part(series: Series, part: Period) -> None:
    """Also of a length that is not counted any more, where others of it are out."""
    if freezing.kept(series.code, part):
        return
    if tried_lately(series.code, part):
        raise NotProven(series, part)
    _frozen(series, part)


def tried_lately(code: str, period: Period) -> bool:
    """Whether it could not be proven safe a short while ago, so that nobody who waits tries it again."""
    return Unproven.objects.filter(code=code, period=period.code, tried_at__gt=timezone.now() - REST).exists()


def breakdown_of(row: FrozenTable) -> Breakdown:
    return tuple(filter(None, row.breakdown.split(",")))


def opened(row: FrozenTable) -> ProtectedTable:
    """DisclosureError where the row was changed behind our back."""
    return restore(row.body, row.digest)


def freeze_closed(series: Series, periods: Iterable[Period], *, seconds: float | None = None) -> tuple[int, int]:
    """What is closed and not out yet, the shorter periods first; how many were frozen, and how many not proven.
    `seconds` as in `ensure`."""
    done = refused = 0
    spans = spans_of(series)
    stock = counter(series.counter).stock
    own = [one for one in periods if one.span in spans and spoken_for(one, stock=stock, spans=spans) == one]
    due = [
        one for one in own
        if is_closed(one) and not freezing.kept(series.code, one) and entered(series, one)
        and not freezing.is_within_what_is_out(series.code, one)
    ]  # fmt: skip
    for period in sorted(due, key=lambda one: (LENGTHS[one.span], one.first)):
        try:
            ensure(series, period, again=True, seconds=seconds)
            done += 1
        except DisclosureError:
            refused += 1
        except DomainError:
            continue  # a number was taken back meanwhile: another night
    return done, refused


def copy_for_release(row: FrozenTable, method: Method) -> tuple[str, str]:
    """Text and digest of what a report shows of this table: itself, or what is published of it rounded."""
    if method == Method.SUPPRESSION:
        return row.body, row.digest
    body = record_of(disclosure.rounded(opened(row)))
    return body, digest_of(body)


def released(row: ReleaseTable) -> ProtectedTable:
    """As the report shows it. DisclosureError where the row was changed behind our back."""
    return restore(row.body, row.digest)


def open_release(release: Release) -> list[tuple[ReleaseTable, ProtectedTable]]:
    """All tables of a report, in the order of topics; counted as looks, and written into the log."""
    rows = sorted(release.tables.select_related("frozen__series"), key=lambda row: row.frozen.series.standing)
    audit.record(Action.READ, release, purpose=Purpose.REPORTING)
    looks.count(row.frozen_id for row in rows)
    return [(row, released(row)) for row in rows]


def open_released(row: ReleaseTable) -> ProtectedTable:
    """One table of a report; counted as a look, and written into the log."""
    audit.record(Action.READ, row, purpose=Purpose.REPORTING)
    looks.count([row.frozen_id])
    return released(row)
