"""One's own leave, what makes the work possible, and how much one carries at most."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from psp.areas import account, requires
from psp.errors import DomainError, add_to_form
from psp.models import User
from supporters.hours.choices import HOURS_ROLES, LEAVE_TRANSITIONS, LeaveState, NeedState
from supporters.hours.forms_leave import AccommodationForm, LeaveForm, LimitsForm
from supporters.hours.pages import period_of_days
from supporters.hours.rules import monday
from supporters.hours.services import today_of
from supporters.hours.services_leave import ask_accommodation, ask_leave, end_accommodation, take_back_leave
from supporters.hours.services_limits import end_agreed_limits, limits_of, set_limits
from supporters.hours.words import day_of
from supporters.hours.workload import caps, planned_weeks
from supporters.models import Accommodation, Leave
from supporters.reference import settings

# Pages of one row need no role: a row of somebody else is not found by anybody.
leads_only = requires(*HOURS_ROLES)
LEAVE_TAGS = {LeaveState.ASKED: "active", LeaveState.CONFIRMED: "success", LeaveState.OTHER_DAYS: "warning"}
NEED_TAGS = {NeedState.ASKED: "active", NeedState.AGREED: "success"}


def leave_line(row: Leave) -> dict[str, Any]:
    state = LeaveState(row.state)
    return {
        "id": row.pk, "kind": row.get_kind_display(), "days": period_of_days([row.first_day, row.last_day]),
        "state": state.label, "tag_kind": LEAVE_TAGS.get(state, "neutral"), "waits": state == LeaveState.ASKED,
        "can_end": LeaveState.TAKEN_BACK in LEAVE_TRANSITIONS[state],
    }  # fmt: skip


def need_line(row: Accommodation) -> dict[str, Any]:
    state = NeedState(row.state)
    since = _("from %(day)s on") % {"day": day_of(row.first_day)}
    return {
        "id": row.pk, "kind": str(row.kind), "state": state.label, "tag_kind": NEED_TAGS.get(state, "neutral"),
        "days": period_of_days([row.first_day, row.last_day]) if row.last_day else since,
        "waits": state == NeedState.ASKED,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@leads_only
def leave(request: HttpRequest) -> HttpResponse:
    """Ask for days away, and see what became of it."""
    me = account(request)
    form = LeaveForm(request.POST or None, auto_id="leave-%s")
    if request.method == "POST" and form.is_valid():
        try:
            ask_leave(user=me, by=me, **form.changes())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Your leave is noted. You need not say why, now or later."))
            return redirect("lead:leave")
    return render(request, "supporters/hours/leave.html", _leave_page(me, form, AccommodationForm(auto_id="need-%s")))


def _leave_page(me: User, form: LeaveForm, need_form: AccommodationForm) -> dict[str, Any]:
    rows = Leave.objects.of_own(me).exclude(state=LeaveState.TAKEN_BACK)[:12]
    needs = Accommodation.objects.of_own(me).standing().select_related("kind")
    return {"form": form, "need_form": need_form, "rows": [leave_line(row) for row in rows],
            "needs": [need_line(row) for row in needs]}  # fmt: skip


@require_POST
def leave_back(request: HttpRequest, leave_id: UUID) -> HttpResponse:
    me = account(request)
    row = get_object_or_404(Leave.objects.of_own(me).select_related("user"), pk=leave_id)
    try:
        take_back_leave(leave=row, by=me)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("This leave is taken back."))
    return redirect("lead:leave")


@require_http_methods(["GET", "POST"])
@leads_only
def accommodation(request: HttpRequest) -> HttpResponse:
    me = account(request)
    need_form = AccommodationForm(request.POST or None, auto_id="need-%s")
    if request.method == "POST" and need_form.is_valid():
        try:
            ask_accommodation(user=me, by=me, **need_form.cleaned_data)
        except DomainError as error:
            add_to_form(need_form, error)
        else:
            messages.success(request, _("It is noted. Whoever supervises you sees it and speaks with you."))
            return redirect("lead:leave")
    return render(request, "supporters/hours/leave.html", _leave_page(me, LeaveForm(auto_id="leave-%s"), need_form))


@require_POST
def accommodation_end(request: HttpRequest, accommodation_id: UUID) -> HttpResponse:
    me = account(request)
    row = get_object_or_404(Accommodation.objects.of_own(me).select_related("user"), pk=accommodation_id)
    end_accommodation(accommodation=row, by=me)
    messages.success(request, _("It is ended. You can ask again at any time."))
    return redirect("lead:leave")


@require_http_methods(["GET", "POST"])
@leads_only
def limits(request: HttpRequest) -> HttpResponse:
    """One's own limits beside the program's, and what this week holds."""
    me = account(request)
    kept, care, today = limits_of(me), settings(), today_of(me)
    initial = {"sessions_week": kept.sessions_week, "hours_week": kept.hours_week}
    form = LimitsForm(request.POST or None, initial=initial, auto_id="limits-%s")
    if request.method == "POST" and form.is_valid():
        try:
            set_limits(user=me, by=me, **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Your limits are saved. They count from now on."))
            return redirect("lead:limits")
    context = {
        "form": form, "care": care, "most": caps(care, kept, today), "kept": kept,
        "week": planned_weeks([me.pk], today, today, care)[me.pk][monday(today)],
        "agreed_until": day_of(kept.agreed_until) if kept.agreed_until and kept.agreed_counts(today) else "",
    }  # fmt: skip
    return render(request, "supporters/hours/limits.html", context)


@require_POST
@leads_only
def limits_end(request: HttpRequest) -> HttpResponse:
    me = account(request)
    end_agreed_limits(user=me, by=me)
    messages.success(request, _("What you agreed on has ended. Your own limits count."))
    return redirect("lead:limits")
