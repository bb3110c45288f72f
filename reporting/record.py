"""The one door to figures: what is out already, or else counted, protected and frozen now.

A period is counted once, after it is over and `PSP_REPORT_SETTLE_DAYS` have passed. Whoever looks later sees the
same figures, whatever was withdrawn, corrected or entered since (`security.md` 35).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.errors import DomainError
from reporting.choices import Method
from reporting.counters import counter
from reporting.counting import breakdowns, count_tables
from reporting.disclosure import Method as HidingMethod
from reporting.disclosure import ProtectedTable, digest_of, protect_together, record_of, restore
from reporting.models import FrozenTable, Series
from reporting.periods import Period

Tables = Mapping[tuple[str, ...], ProtectedTable]


def settled_on(period: Period) -> date:
    """The first day on which its figures can be seen."""
    return period.after + timedelta(days=settings.PSP_REPORT_SETTLE_DAYS)


def is_closed(period: Period, today: date | None = None) -> bool:
    return settled_on(period) <= (today or timezone.localdate())


def in_force() -> list[Series]:
    """The newest version of every series, in order of topic and place."""
    newest: dict[str, Series] = {}
    for series in Series.objects.order_by("number"):
        newest[series.code] = series
    return sorted(newest.values(), key=lambda one: (one.topic, one.place, one.code))


def tables(series: Series, period: Period, *, method: Method = Method.SUPPRESSION) -> Tables:
    """Every breakdown of the series with its protected table. DomainError("period_not_closed"); DisclosureError
    where it cannot be proven safe: then nothing is kept and nothing shown."""
    if not is_closed(period):
        raise DomainError(_("These figures are counted after the period is over."), code="period_not_closed")
    return _kept(series.code, period) or _freeze(series, period, method)


def _kept(code: str, period: Period) -> Tables:
    rows = FrozenTable.objects.filter(code=code, period=period.code)
    return {tuple(filter(None, row.breakdown.split(","))): restore(row.body, row.digest) for row in rows}


def _freeze(series: Series, period: Period, method: Method) -> Tables:
    with transaction.atomic():
        # One at a time: whoever comes second finds what the first one froze.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", ["frozen", series.code])
        if found := _kept(series.code, period):
            return found
        counted, now = count_tables(series, period), timezone.now()
        made = protect_together(counted, settings.PSP_SUPPRESSION_THRESHOLD, method=HidingMethod(method.value))
        names, withhold = breakdowns(series), counter(series.counter).withhold
        protected = tuple(withhold(made.tables)) if withhold else made.tables
        FrozenTable.objects.bulk_create(
            FrozenTable(
                series=series, code=series.code, period=period.code, breakdown=",".join(dimensions), method=method,
                threshold=table.threshold, body=(body := record_of(table)), digest=digest_of(body),
                optimal=made.optimal, counted_at=now,
            )
            for dimensions, table in zip(names, protected, strict=True)
        )  # fmt: skip
    return dict(zip(names, protected, strict=True))
