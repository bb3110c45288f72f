"""The file for pay, and what an hour is paid by role: for administrators, with a second person for each file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from privacy.choices import DECIDERS
from psp.areas import account, requires
from psp.bilingual import reader_language
from psp.choices import Role
from psp.errors import DomainError
from supporters.hours.choices import HoursState
from supporters.hours.pay_by_role import quarters_before
from supporters.hours.pay_file import file_name
from supporters.hours.pay_words import by_role_table
from supporters.hours.permissions import can_make_pay_file
from supporters.hours.rules import Period
from supporters.hours.services import seen_of
from supporters.hours.services_pay import (
    approve_pay_export,
    ask_pay_export,
    drop_pay_export,
    fetch_pay_file,
    is_over,
    lines_for,
    not_alike,
    period_to_pay,
)
from supporters.hours.words import day_of, length, period_text
from supporters.models import HoursLine, PayExport

deciders_only = requires(*DECIDERS)
administrators_only = requires(Role.ADMINISTRATOR)
SHOWN = 12


@require_GET
@deciders_only
def pay(request: HttpRequest) -> HttpResponse:
    """What is handed over next, what waits for a second person, and the files there are. No person is shown."""
    me = account(request)
    waiting = PayExport.objects.filter(approved_by__isnull=True).first()
    made = list(PayExport.objects.filter(approved_by__isnull=False)[:SHOWN])
    changed = not_alike(made)
    following = None if waiting else period_to_pay()
    context = {
        "waiting": _waiting(waiting, me) if waiting else None, "makes": can_make_pay_file(me),
        "next": _next(following) if following else None,
        "made": [_made(export, export.pk not in changed) for export in made],
    }  # fmt: skip
    return render(request, "supporters/hours/pay.html", context)


def _waiting(export: PayExport, me: Any) -> dict[str, Any]:
    lines = list(lines_for(export))
    return {"id": export.pk, "period": period_text(Period(export.first_day, export.last_day)), "seen": seen_of(lines),
            "people": len({line.user_id for line in lines}), "whole": length(sum(line.minutes for line in lines)),
            "own": export.asked_by_id == me.pk}  # fmt: skip


def _next(period: Period) -> dict[str, Any]:
    """With how many people have hours that would not be in it, because nobody approved them."""
    ready = HoursLine.objects.to_export(period.last)
    open_states = (HoursState.DRAFT, HoursState.SUBMITTED, HoursState.RETURNED)
    late = HoursLine.objects.filter(state__in=open_states, day__lte=period.last)
    return {
        "period": period_text(period), "over": is_over(period), "last": day_of(period.last),
        "people": ready.order_by().values("user").distinct().count(),
        "late": late.order_by().values("user").distinct().count(),
    }  # fmt: skip


def _made(export: PayExport, alike: bool) -> dict[str, Any]:
    return {"id": export.pk, "period": period_text(Period(export.first_day, export.last_day)),
            "agreed": day_of(timezone.localdate(export.approved_at)), "digest": export.digest[:16],
            "alike": alike}  # fmt: skip


@require_POST
@administrators_only
def ask(request: HttpRequest) -> HttpResponse:
    try:
        ask_pay_export(by=account(request), language=reader_language())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The file waits for a second person. Nothing is handed over until then."))
    return redirect("desk:pay")


@require_POST
@deciders_only
def approve(request: HttpRequest, export_id: UUID) -> HttpResponse:
    export = get_object_or_404(PayExport, pk=export_id)
    try:
        approve_pay_export(export=export, by=account(request), seen=request.POST.get("seen", ""))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The file is made. What is in it stays as it is."))
    return redirect("desk:pay")


@require_POST
@deciders_only
def drop(request: HttpRequest, export_id: UUID) -> HttpResponse:
    export = get_object_or_404(PayExport, pk=export_id)
    try:
        drop_pay_export(export=export, by=account(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The file is not made. The hours are as they were."))
    return redirect("desk:pay")


@require_POST
@administrators_only
def fetch(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The file, under a name that says nothing of the program. By POST, because taking it is written down."""
    export = get_object_or_404(PayExport.objects.filter(approved_by__isnull=False), pk=export_id)
    content, same = fetch_pay_file(export=export, by=account(request))
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = file_name(Period(export.first_day, export.last_day))
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    # For whoever compares: the file as it was agreed to, or without somebody who was erased since.
    answer["X-File-Alike"] = "yes" if same else "no"
    return answer


@require_GET
@administrators_only
def roles(request: HttpRequest) -> HttpResponse:
    """Hours and rates by role, one whole quarter at a time."""
    quarters = quarters_before(timezone.localdate())
    wanted = request.GET.get("from", "")
    period = next((one for one in quarters if one.first.isoformat() == wanted), quarters[0])
    table = by_role_table(period, timezone.localdate())
    context = {
        "table": table, "period": period_text(period),
        "quarters": [{"first": one.first.isoformat(), "text": period_text(one), "current": one == period}
                     for one in quarters],
    }  # fmt: skip
    return render(request, "supporters/hours/roles.html", context)
