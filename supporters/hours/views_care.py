"""What waits for a supervisor: hours, leave, what makes work possible, limits for a while. By name, never ranked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import User
from supporters.hours.choices import HoursState, LeaveState, NeedState
from supporters.hours.forms import PeriodForm, ReturnForm
from supporters.hours.forms_leave import AgreedForm
from supporters.hours.pages import waiting_people
from supporters.hours.permissions import can_agree_with
from supporters.hours.rules import Period
from supporters.hours.services import approve_hours, return_hours, today_of, undo_approval
from supporters.hours.services_leave import agree_accommodation, confirm_leave, look_for_other_days
from supporters.hours.services_limits import agree_limits, end_agreed_limits, limits_of
from supporters.hours.views_leave import leave_line, need_line
from supporters.hours.words import day_of
from supporters.models import Accommodation, HoursLine, Leave, Pairing

supervisors_only = requires(Role.SUPERVISOR)
UNDO = "care_hours_undo"


@require_GET
@supervisors_only
def hours(request: HttpRequest) -> HttpResponse:
    """Everything that waits, by person and period."""
    me = account(request)
    waiting = list(HoursLine.objects.looked_after(me).submitted().select_related("user"))
    leave = list(Leave.objects.looked_after(me).filter(state=LeaveState.ASKED).select_related("user"))
    asked = Accommodation.objects.looked_after(me).filter(state=NeedState.ASKED).select_related("user", "kind")
    needs = list(asked)
    people = [pair.user for pair in Pairing.objects.standing().filter(supervisor=me).select_related("user")]
    shown = {row.user_id: row.user for row in [*waiting, *leave, *needs]} | {person.pk: person for person in people}
    audit.record_reads_of(User, [(pk, pk) for pk in sorted(shown)], purpose=Purpose.CARE)
    context = {
        "rows": waiting_people(waiting), "leave": [{**leave_line(row), "name": name_of(row.user)} for row in leave],
        "needs": [{**need_line(row), "name": name_of(row.user)} for row in needs],
        "people": sorted(({"id": one.pk, "name": name_of(one)} for one in people), key=lambda one: one["name"]),
        "undo": request.session.pop(UNDO, None),
    }  # fmt: skip
    return render(request, "supporters/hours/care.html", context)


def name_of(user: User) -> str:
    return user.name or user.username


@require_POST
@supervisors_only
def approve(request: HttpRequest, person: UUID) -> HttpResponse:
    """All that waits of one person in one period, as it was seen."""
    me, user, form = account(request), _somebody(request, person), PeriodForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("It was not clear which days were meant. Try again from this page."))
        return redirect("care:hours")
    try:
        count = approve_hours(user=user, by=me, period=form.period(), seen=form.cleaned_data["seen"])
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("care:hours")
    if count:
        request.session[UNDO] = _way_back(user, form.period())
    return redirect("care:hours")


def _way_back(user: User, period: Period) -> dict[str, Any]:
    said = _("The hours of %(name)s are approved.") % {"name": name_of(user)}
    fields = [{"name": "first", "value": period.first.isoformat()}, {"name": "last", "value": period.last.isoformat()}]
    return {"text": said, "undo_url": reverse("care:hours_undo", args=[user.pk]), "fields": fields}


@require_POST
@supervisors_only
def undo(request: HttpRequest, person: UUID) -> HttpResponse:
    me, user, form = account(request), _somebody(request, person), PeriodForm(request.POST)
    if form.is_valid() and undo_approval(user=user, by=me, period=form.period()):
        messages.success(request, _("The hours wait for you again."))
    else:
        messages.info(request, _("There was nothing to undo: these hours were handed to pay, or wait already."))
    return redirect("care:hours")


@require_http_methods(["GET", "POST"])
@supervisors_only
def send_back(request: HttpRequest, person: UUID) -> HttpResponse:
    """Say what to look at again. The page names the days; what it shows is what comes back."""
    me, user = account(request), _somebody(request, person)
    period_form = PeriodForm(request.POST if request.method == "POST" else request.GET)
    if not period_form.is_valid():
        return redirect("care:hours")
    period = period_form.period()
    form = ReturnForm(request.POST or None, auto_id="return-%s")
    if request.method == "POST" and form.is_valid():
        try:
            seen = period_form.cleaned_data["seen"]
            return_hours(user=user, by=me, period=period, seen=seen, **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The hours are sent back. The person sees why."))
            return redirect("care:hours")
    waiting = HoursLine.objects.looked_after(me).filter(user=user).between(period.first, period.last).submitted()
    audit.record_reads_of(User, [(user.pk, user.pk)], purpose=Purpose.CARE)
    rows = waiting_people(waiting.select_related("user"))[:1]
    return render(request, "supporters/hours/send_back.html", {"form": form, "rows": rows, "name": name_of(user)})


@require_POST
@supervisors_only
def leave_decide(request: HttpRequest, leave_id: UUID) -> HttpResponse:
    """Yes, or other days."""
    me = account(request)
    row = get_object_or_404(Leave.objects.looked_after(me).select_related("user"), pk=leave_id)
    decide = confirm_leave if request.POST.get("answer") == "yes" else look_for_other_days
    try:
        decide(leave=row, by=me)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Your answer is noted. The person sees it."))
    return redirect("care:hours")


@require_POST
@supervisors_only
def accommodation_agree(request: HttpRequest, accommodation_id: UUID) -> HttpResponse:
    me = account(request)
    row = get_object_or_404(Accommodation.objects.looked_after(me).select_related("user"), pk=accommodation_id)
    try:
        agree_accommodation(accommodation=row, by=me)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("It is agreed."))
    return redirect("care:hours")


@require_http_methods(["GET", "POST"])
@supervisors_only
def limits(request: HttpRequest, person: UUID) -> HttpResponse:
    """A lower limit for a while, once both agreed on it."""
    me = account(request)
    user = get_object_or_404(User, pk=person)
    if not can_agree_with(me, user):
        raise Http404
    kept = limits_of(user)
    form = AgreedForm(request.POST or None, auto_id="agreed-%s")
    if request.method == "POST" and request.POST.get("end"):
        end_agreed_limits(user=user, by=me)
        messages.success(request, _("What you agreed on has ended."))
        return redirect("care:hours")
    if request.method == "POST" and form.is_valid():
        try:
            agree_limits(user=user, by=me, **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("What you agreed on is noted. The person sees it, and can end it."))
            return redirect("care:hours")
    audit.record_reads_of(User, [(user.pk, user.pk)], purpose=Purpose.CARE)
    counts = kept.agreed_until is not None and kept.agreed_counts(today_of(user))
    until = day_of(kept.agreed_until) if kept.agreed_until and counts else ""
    context = {"form": form, "name": name_of(user), "kept": kept, "agreed_until": until}
    return render(request, "supporters/hours/care_limits.html", context)


def _somebody(request: HttpRequest, person: UUID) -> User:
    """Somebody whose hours this supervisor sees; 404 for everybody else."""
    seen = HoursLine.objects.looked_after(account(request)).exclude(state=HoursState.DRAFT)
    if not seen.filter(user=person).exists():
        raise Http404
    return get_object_or_404(User, pk=person)
