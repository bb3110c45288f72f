"""Keeping the numbers of other platforms: every one typed or pasted by an analyst, none shown again before it is
protected.

Numbers of a month that is out are left alone. Whoever could replace one that is hidden would learn it from the
correction that the next report tells: the new total less the old one, less what was typed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, require
from psp.models import User
from psp.sight import sight_of
from reporting.choices import Topic
from reporting.models import FrozenTable, Platform, PlatformFigure, Series
from reporting.period_words import period_name
from reporting.periods import Span, containing
from reporting.platforms.file import Row


@dataclass(frozen=True, slots=True)
class Kept:
    """How many numbers are new, and how many took the place of others."""

    new: int
    replaced: int


def can_keep_figures(user: User) -> bool:
    return sight_of(user).has(Role.ANALYST)


def months_out(months: Collection[date]) -> set[date]:
    """Those of the months whose figures are frozen, by themselves or in a longer period."""
    codes = {month: {containing(month, span).code for span in Span} for month in months}
    asked = {code for found in codes.values() for code in found}
    frozen = set(
        FrozenTable.objects.filter(series__topic=Topic.PLATFORMS, period__in=asked).values_list("period", flat=True)
    )
    return {month for month, found in codes.items() if found & frozen}


@transaction.atomic
def keep_figures(*, platform: Platform, rows: Sequence[Row], by: User) -> Kept:
    """All of the rows or none. DomainError: `platform_closed`, `month_is_out`, `both_ways`. Twice is once."""
    require(can_keep_figures(by), "keep_figures")
    months = {row.month for row in rows}
    _lock(platform, months)
    stored = {(one.month, one.region): one for one in platform.figures.filter(month__in=months)}
    _refuse_both_ways(rows, set(stored))
    for row in rows:
        _write(platform, stored.get((row.month, row.region)), row, by)
    replaced = sum((row.month, row.region) in stored for row in rows)
    fields = tuple(sorted({f"{row.month:%Y-%m}" for row in rows}))
    audit.record(Action.CHANGE, platform, purpose=Purpose.REPORTING, fields=fields)
    return Kept(len(rows) - replaced, replaced)


@transaction.atomic
def remove_month(*, platform: Platform, month: date, by: User) -> int:
    """How many numbers were removed; 0 where there were none. DomainError `month_is_out`."""
    require(can_keep_figures(by), "remove_month")
    _lock(platform, {month})
    count, _kinds = platform.figures.filter(month=month).delete()
    if count:
        audit.record(Action.DELETE, platform, purpose=Purpose.REPORTING, fields=(f"{month:%Y-%m}",))
    return count


def _lock(platform: Platform, months: Collection[date]) -> None:
    """Against others who type, and against freezing: what is counted meanwhile is not changed meanwhile."""
    row = Platform.objects.select_for_update().get(pk=platform.pk)
    if row.closed_on is not None and any(month > row.closed_on for month in months):
        raise DomainError(_("This platform was closed before that month. Look at the month again."),
                          code="platform_closed", field="month")  # fmt: skip
    for code in sorted(set(Series.objects.filter(topic=Topic.PLATFORMS).values_list("code", flat=True))):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('frozen'), hashtext(%s))", [code])
    if out := months_out(months):
        raise DomainError(
            _("The figures of %(month)s are final and do not change any more. If a number was wrong or came late, "
              "say so in the note of the next report.") % {"month": _name(min(out))},
            code="month_is_out", field="month",
        )  # fmt: skip


def _name(month: date) -> str:
    return period_name(containing(month, Span.MONTH))


def _refuse_both_ways(rows: Sequence[Row], stored: Collection[tuple[date, str]]) -> None:
    """A month is told by region or for all together. Whatever the rows replace themselves is no matter."""
    for row in rows:
        if any(month == row.month and bool(region) != bool(row.region) for month, region in stored):
            raise DomainError(
                _("%(month)s is there already, by region or for all regions together, and would be counted twice. "
                  "Remove that month first.") % {"month": _name(row.month)},
                code="both_ways", field="month",
            )  # fmt: skip


def _write(platform: Platform, stored: PlatformFigure | None, row: Row, by: User) -> None:
    figure = stored or PlatformFigure(platform=platform, month=row.month, region=row.region)
    figure.registrations, figure.source, figure.remarks = row.registrations, row.source, row.remarks
    figure.entered_by = by
    figure.save()


def regions_entered(platform: Platform) -> list[tuple[date, int, bool]]:
    """Months that have numbers, the newest first: how many, and whether they are for all regions together."""
    found: dict[date, list[str]] = {}
    for month, region in platform.figures.order_by("-month", "region").values_list("month", "region"):
        found.setdefault(month, []).append(region)
    return [(month, len(regions), regions == [""]) for month, regions in found.items()]
