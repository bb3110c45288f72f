"""Keeping how much was given in a month: typed by coordinators for their own region, until the month is out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import ProgramRegion, User
from psp.sight import coordinated_regions
from reporting.models import FrozenTable, Given, GivenKind, Series
from reporting.periods import Span, containing

COUNTER = "given"


def is_out(month: date) -> bool:
    """Whether figures of this month are frozen, by itself or within a longer period."""
    periods = [containing(month, span).code for span in Span]
    return FrozenTable.objects.filter(series__counter=COUNTER, period__in=periods).exists()


@transaction.atomic
def keep_given(*, region: ProgramRegion, month: date, numbers: Mapping[str, tuple[int, int]], by: User) -> int:
    """Code of a kind → (how often, to how many people); nothing of a kind takes its number away. How many changed.

    DomainError `month_is_out`: whoever could change a number that is hidden would learn it from what moves.
    """
    require(region.code in coordinated_regions(by), "keep_given")
    _lock()
    if is_out(month):
        message = _("The figures of this month are final and do not change any more.")
        raise DomainError(message, code="month_is_out", field="month")
    stored = {one.kind_id: one for one in Given.objects.filter(region=region, month=month)}
    changed = [kind.code for kind in GivenKind.objects.all() if _write(region, month, kind, stored, numbers, by)]
    if changed:
        audit.record(Action.CHANGE, region, purpose=Purpose.REPORTING, fields=(f"{month:%Y-%m}", *changed))
    return len(changed)


def _lock() -> None:
    """Against others who type, and against freezing: what is counted meanwhile is not changed meanwhile."""
    for code in sorted(set(Series.objects.filter(counter=COUNTER).values_list("code", flat=True))):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('frozen'), hashtext(%s))", [code])


def _write(
    region: ProgramRegion, month: date, kind: GivenKind, stored: Mapping[str, Given],
    numbers: Mapping[str, tuple[int, int]], by: User,
) -> bool:  # fmt: skip
    row, said = stored.get(kind.code), numbers.get(kind.code)
    if said == ((row.number, row.people) if row else None):
        return False
    if row is not None:
        row.delete()
    if said is not None:
        Given.objects.create(region=region, month=month, kind=kind, number=said[0], people=said[1], entered_by=by)
    return True
