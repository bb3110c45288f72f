"""Records of pay go six years after the end of the year in which they were handed to pay, as the data map says.

A line and its corrections are one record: it is as old as the youngest of them, and they go together. What somebody
drafted and never sent goes when it is as old. What waits for an answer, or for pay, stays until it has one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncYear
from django.utils import timezone

from privacy.choices_retention import RecordType
from privacy.erasing import delete_rows
from privacy.retention import Rows, add_rows
from privacy.retention_floor import without_held
from privacy.services_retention import start_of
from psp.models import User
from supporters.hours.choices import OPEN_HOURS, HoursState
from supporters.models import HoursLine, PayExport, PayExportPerson


def year_of(moment: datetime) -> datetime:
    """Its beginning, by the program's clock: what was handed to pay before it counts from an earlier year."""
    return start_of(timezone.localdate(moment).replace(month=1, day=1))


def _over(before: datetime) -> Q:
    year = year_of(before)
    return Q(state=HoursState.EXPORTED, export__approved_at__lt=year) | Q(state__in=OPEN_HOURS, changed_at__lt=year)


def _same_record() -> QuerySet[Any]:
    """Of a line with its `root`: what it corrects, and every correction of that."""
    return HoursLine.objects.filter(Q(pk=OuterRef("root")) | Q(corrects=OuterRef("root"))).order_by()


def lines(before: datetime) -> QuerySet[Any]:
    """Lines whose year, and that of everything that belongs to them, ended before then."""
    rows = HoursLine.objects.order_by().annotate(root=Coalesce("corrects_id", "id")).filter(_over(before))
    found: QuerySet[Any] = rows.filter(~Exists(_same_record().exclude(_over(before))))
    return found


def lines_due(_cutoff: datetime, until: datetime) -> Iterable[tuple[date, int]]:
    """By the first day after the year from which they count."""
    handed = Case(When(state=HoursState.EXPORTED, then=F("export__approved_at")), default=F("changed_at"))
    youngest = _same_record().annotate(all=Value(1)).values("all").annotate(last=Max(handed)).values("last")
    yield from _by_year(lines(until), Subquery(youngest))


def lines_remove(cutoff: datetime, most: int, _batch: UUID) -> int:
    """Corrections first. Nothing of anybody who is at work on their hours this moment: a later run finds it."""
    rows = without_held(lines(cutoff), "user").values_list("pk", "user_id")
    # In no order, so that a step looks at no more than it takes.
    some = dict(rows.filter(corrects__isnull=False)[:most]) or dict(rows[:most])
    accounts = User.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    still = set(accounts.filter(pk__in=set(some.values())).order_by("pk").values_list("pk", flat=True))
    return _gone(lines(cutoff).filter(pk__in=[key for key, user in some.items() if user in still]))


# What only says that there was a line follows the lines.


def _people(before: datetime, kept: QuerySet[Any]) -> QuerySet[Any]:
    """How somebody was called in a file of which none of their lines is `kept`."""
    rows = PayExportPerson.objects.filter(export__approved_at__lt=year_of(before))
    return rows.filter(~Exists(kept.filter(export=OuterRef("export"), user=OuterRef("user"))))


def _files(before: datetime, kept: QuerySet[Any]) -> QuerySet[Any]:
    rows = PayExport.objects.filter(approved_at__lt=year_of(before))
    return rows.filter(~Exists(kept.filter(export=OuterRef("pk"))))


def _kept(before: datetime) -> QuerySet[Any]:
    """Lines that are still there once all that is due by then went."""
    return HoursLine.objects.order_by().exclude(pk__in=lines(before).values("pk"))


def people_due(_cutoff: datetime, until: datetime) -> Iterable[tuple[date, int]]:
    yield from _by_year(_people(until, _kept(until)), "export__approved_at")


def people_remove(cutoff: datetime, most: int, _batch: UUID) -> int:
    return _gone(_first(without_held(_people(cutoff, HoursLine.objects.order_by()), "user"), most))


def files_due(_cutoff: datetime, until: datetime) -> Iterable[tuple[date, int]]:
    yield from _by_year(_files(until, _kept(until)), "approved_at")


def files_remove(cutoff: datetime, most: int, _batch: UUID) -> int:
    rows = _files(cutoff, HoursLine.objects.order_by())
    empty = rows.filter(~Exists(PayExportPerson.objects.filter(export=OuterRef("pk"))))
    return _gone(_first(without_held(empty, "asked_by"), most))


# --- Common ---


def _by_year(rows: QuerySet[Any], moment: Any) -> Iterable[tuple[date, int]]:
    """(first day after the year from which they count, how many)."""
    found = rows.order_by().annotate(year=TruncYear(moment)).values_list("year").annotate(count=Count("pk"))
    for year, count in found:
        yield date(year.year + 1, 1, 1), count


def _first(rows: QuerySet[Any], most: int) -> QuerySet[Any]:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    found: QuerySet[Any] = rows.model._default_manager.filter(pk__in=keys)
    return found


def _gone(rows: QuerySet[Any]) -> int:
    return sum(delete_rows(rows).values())


def register() -> None:
    for order, (model, due, remove) in enumerate((
        (HoursLine, lines_due, lines_remove), (PayExportPerson, people_due, people_remove),
        (PayExport, files_due, files_remove),
    )):  # fmt: skip
        add_rows(Rows(model._meta.label_lower, RecordType.PAY, due, remove, most=500, order=order))
