"""The file for pay: made by one administrator, agreed to by a second person, then never changed.

[security] 31: an export of people takes two. Nobody holds a role of finance, so those who may be the second of two
everywhere else (`privacy.choices.DECIDERS`) are so here: administrators, and the privacy officer. Only administrators
fetch the file. What supervisors did not approve is in none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Language
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User
from supporters.hours.choices import HoursState
from supporters.hours.pay_file import Worked, build
from supporters.hours.pay_names import put_in
from supporters.hours.permissions import can_agree_to_pay_file, can_make_pay_file
from supporters.hours.rules import Period, next_to_pay
from supporters.hours.services import seen_of
from supporters.models import HoursLine, PayExport, PayExportPerson
from supporters.reference import settings


def period_to_pay() -> Period | None:
    """What is handed over next, whether it is over or not; None as long as nothing was ever approved."""
    last = PayExport.objects.order_by("-last_day").values_list("last_day", flat=True).first()
    worked = HoursLine.objects.filter(state=HoursState.APPROVED).aggregate(first=Min("day"))["first"]
    if last is None and worked is None:
        return None
    # Periods are the program's rhythm; a change of it moves no day that was paid.
    care = settings()
    return next_to_pay(last, worked, care.pay_period_from, care.pay_period_days)


def is_over(period: Period, today: date | None = None) -> bool:
    return period.last < (today or timezone.localdate())


@transaction.atomic
def ask_pay_export(*, by: User, language: str) -> PayExport:
    """Ask for the file of the next period. DomainError: `nothing`, `not_over`; Conflict: `waits`."""
    require(can_make_pay_file(by), "make_pay_file")
    if PayExport.objects.filter(approved_by__isnull=True).exists():
        raise _waits()
    period = period_to_pay()
    if period is None:
        raise DomainError(_("Nothing was approved yet. There is nothing to hand to pay."), code="nothing")
    if not is_over(period):
        raise DomainError(_("This period is not over yet. Ask for the file once it is."), code="not_over")
    made = PayExport(first_day=period.first, last_day=period.last, language=Language(language), asked_by=by)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if constraint_name(error) in ("pay_export_one_at_a_time", "pay_export_days_once"):
            raise _waits() from error
        raise
    audit.record(Action.CREATE, made, purpose=Purpose.ADMINISTRATION)
    return made


def _waits() -> Conflict:
    return Conflict(_("A file waits for a second person already."), code="waits")


def not_alike(exports: Collection[PayExport]) -> set[UUID]:
    """Those that cannot be made again to the byte, because somebody in them was erased since. One query."""
    nameless = PayExportPerson.objects.filter(export__in=exports, key="")
    return set(nameless.values_list("export_id", flat=True))


@transaction.atomic
def drop_pay_export(*, export: PayExport, by: User) -> None:
    """It is not made after all. Conflict `agreed`; twice is once."""
    require(can_agree_to_pay_file(by), "make_pay_file")
    fresh = PayExport.objects.select_for_update(of=("self",)).filter(pk=export.pk).first()
    if fresh is None:
        return
    if fresh.approved_by_id is not None:
        raise Conflict(_("Two people have agreed to this file. It stays."), code="agreed")
    audit.record(Action.DELETE, fresh, purpose=Purpose.ADMINISTRATION)
    fresh.delete()


def lines_for(export: PayExport) -> Any:
    """What the file holds, or would hold if it were agreed to now."""
    if export.approved_by_id is not None:
        return HoursLine.objects.filter(export=export)
    return HoursLine.objects.to_export(export.last_day)


@transaction.atomic
def approve_pay_export(*, export: PayExport, by: User, seen: str) -> PayExport:
    """The second person agrees to what they saw: the file is made, and every line in it locked. Twice is once.

    DomainError: `own_export`; Conflict: `changed`, `dropped`.
    """
    require(can_agree_to_pay_file(by), "agree_to_pay_file")
    fresh = PayExport.objects.select_for_update(of=("self",)).filter(pk=export.pk).first()
    if fresh is None:
        raise Conflict(_("This file is not made after all."), code="dropped")
    if fresh.asked_by_id == by.pk:
        raise DomainError(_("You asked for it yourself. Somebody else agrees to it."), code="own_export")
    if fresh.approved_by_id is not None:
        return fresh
    lines = _locked(fresh)
    if seen_of(lines) != seen:
        raise Conflict(_("Hours were added or changed since you opened the page. Look again."), code="changed")
    fresh.approved_by, fresh.approved_at = by, timezone.now()
    keys = put_in(fresh, lines)
    fresh.digest = hashlib.sha256(_bytes(fresh, lines, keys)).hexdigest()
    fresh.save(update_fields=["approved_by", "approved_at", "digest"])
    found = HoursLine.objects.filter(pk__in=[line.pk for line in lines])
    found.update(state=HoursState.EXPORTED, export=fresh, changed_at=timezone.now())
    audit.record(Action.CHANGE, fresh, purpose=Purpose.ADMINISTRATION, fields=("approved_by",))
    return fresh


def _locked(export: PayExport) -> list[HoursLine]:
    """Accounts first, then their lines, both in order, so that nobody changes them meanwhile."""
    people = lines_for(export).order_by().values_list("user_id", flat=True).distinct()
    list(User.objects.filter(pk__in=list(people)).order_by("pk").select_for_update(of=("self",), no_key=True))
    return list(lines_for(export).filter(user__in=list(people)).order_by("pk").select_for_update(of=("self",)))


def _bytes(export: PayExport, lines: list[HoursLine], keys: dict[Any, str]) -> bytes:
    worked = [Worked(keys.get(line.user_id, ""), line.day, line.kind, line.minutes) for line in lines]
    return build(worked, Period(export.first_day, export.last_day), export.language)


@transaction.atomic
def fetch_pay_file(*, export: PayExport, by: User) -> tuple[bytes, bool]:
    """The file again, and whether it is the same to the byte: it is, until somebody in it was erased.

    DomainError `not_agreed`. One entry of the log for each person in it.
    """
    require(can_make_pay_file(by), "fetch_pay_file")
    if export.approved_by_id is None:
        raise DomainError(_("A second person must agree first."), code="not_agreed")
    people = list(PayExportPerson.objects.filter(export=export).order_by("pk"))
    content = _bytes(export, list(lines_for(export).order_by("pk")), {one.user_id: one.key for one in people})
    audit.record(Action.EXPORT, export, purpose=Purpose.ADMINISTRATION)
    rows = [(one.pk, one.user_id) for one in people]
    audit.record_each(Action.EXPORT, PayExportPerson, rows, purpose=Purpose.ADMINISTRATION)
    return content, hashlib.sha256(content).hexdigest() == export.digest
