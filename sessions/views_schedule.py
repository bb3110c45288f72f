"""For coordinators: the dates of a group as a whole. A series before it is saved, one more session, all that are left
by some weeks, and the days on which a region is closed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from groups.choices import GroupState
from groups.models import PeerGroup
from psp.areas import account, requires
from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.sight import coordinated_regions
from sessions import schedule_pages, services, services_closures, words
from sessions.choices import SessionState
from sessions.closed_days import closures_of
from sessions.forms_schedule import AddForm, ClosureForm, PlanForm, ShiftForm
from sessions.models import Closure, GroupSession
from sessions.planning import Plan

coordinators_only = requires(Role.COORDINATOR)
page = require_http_methods(["GET", "POST"])


def group_of(request: HttpRequest, group_id: UUID) -> PeerGroup:
    groups = PeerGroup.objects.in_regions_of(request.user).select_related("region")
    found: PeerGroup = get_object_or_404(groups, pk=group_id)
    return found


@page
@coordinators_only
def schedule(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """The series is shown, changed and shown again as often as wanted; nothing is saved before the last button."""
    group = group_of(request, group_id)
    sessions = list(group.sessions.select_related("group", "room").order_by("starts_at"))
    if sessions and request.method == "POST":  # pressed twice, or in two tabs
        return redirect("desk:group_schedule", group_id=group.pk)
    if sessions:
        return render(request, "sessions/schedule.html", _set_dates(group, sessions))
    form = PlanForm(request.POST if request.method == "POST" else PlanForm.of(Plan.of(group)), group=group)
    lines = _preview(form, group)
    if request.method == "POST" and request.POST.get("act") == "save" and lines and _saved(request, form, group, lines):
        return redirect("desk:group_schedule", group_id=group.pk)
    context = {
        "group": group, "zone": words.zone(group.time_zone, timezone.now()), "form": form, "lines": lines,
        "count": sum(line["meets"] for line in lines), "seen": schedule_pages.seen(lines),
        "may_save": group.state == GroupState.ESTABLISHED, "busy": any(line["busy"] for line in lines),
        "passed": bool(lines) and next(line["start"] for line in lines if line["meets"]) < timezone.now(),
    }  # fmt: skip
    return render(request, "sessions/plan.html", context, status=409 if form.errors else 200)


def _set_dates(group: PeerGroup, sessions: list[GroupSession]) -> dict[str, Any]:
    now = timezone.now()
    rest = [one for one in sessions if one.state == SessionState.SCHEDULED and one.starts_at > now]
    return {
        "group": group, "zone": words.zone(group.time_zone, now), "rest": len(rest),
        "sessions": [words.line(session, group.time_zone) for session in sessions],
        "running": group.state == GroupState.ESTABLISHED,
    }  # fmt: skip


def _preview(form: PlanForm, group: PeerGroup) -> list[dict[str, Any]]:
    if not form.is_valid():
        return []
    try:
        return schedule_pages.series_lines(group, form.plan(), form.cleaned_data.get("room"))
    except ValueError:
        form.add_error(None, _("Too few days are left for this series. Leave fewer days out."))
        return []


def _saved(request: HttpRequest, form: PlanForm, group: PeerGroup, lines: list[dict[str, Any]]) -> bool:
    """Only what the page showed is saved: after a change it is shown once more."""
    if form.cleaned_data["seen"] != schedule_pages.seen(lines):
        form.add_error(None, _("These are the dates with your changes. Look at them, then save."))
        return False
    try:
        services.schedule_series(group=group, by=account(request), plan=form.plan(), room=form.cleaned_data.get("room"))
    except DomainError as error:
        add_to_form(form, error)
        return False
    messages.success(request, _("The sessions are set. Everybody is told that the dates stand."))
    return True


@page
@coordinators_only
def add(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = group_of(request, group_id)
    form = AddForm(request.POST if request.method == "POST" else None, group=group)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_session(group=group, by=account(request), **form.values())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The session is added. Everybody in the group is told."))
            return redirect("desk:session", session_id=made.pk)
    context = {"group": group, "form": form, "told": schedule_pages.told_words(group),
               "zone": words.zone(group.time_zone, timezone.now())}  # fmt: skip
    return render(request, "sessions/add.html", context, status=409 if form.errors else 200)


@page
@coordinators_only
def shift(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """All that are left, by some weeks: shown with the new times first, then saved together or not at all."""
    group = group_of(request, group_id)
    rows = group.sessions.filter(state=SessionState.SCHEDULED, starts_at__gt=timezone.now())
    rest = list(rows.order_by("starts_at"))
    form = ShiftForm(request.POST if request.method == "POST" else {"weeks": request.GET.get("weeks", "1")})
    lines = schedule_pages.shift_lines(group, rest, form.cleaned_data["weeks"]) if form.is_valid() else []
    if request.method == "POST" and request.POST.get("act") == "save" and _shifted(request, form, group, lines):
        return redirect("desk:group_schedule", group_id=group.pk)
    context = {"group": group, "form": form, "lines": lines, "seen": schedule_pages.seen(lines),
               "told": schedule_pages.told_words(group)}  # fmt: skip
    return render(request, "sessions/shift.html", context, status=409 if form.errors else 200)


def _shifted(request: HttpRequest, form: ShiftForm, group: PeerGroup, lines: list[dict[str, Any]]) -> bool:
    if not form.is_valid():
        return False
    if form.cleaned_data["seen"] != schedule_pages.seen(lines):
        form.add_error(None, _("These are the new times. Look at them, then move the sessions."))
        return False
    said = form.cleaned_data
    try:
        moved = services.move_rest(
            group=group, by=account(request), weeks=said["weeks"], reason=said["reason"], despite=said["despite"]
        )
    except DomainError as error:
        add_to_form(form, error)
        return False
    text = ngettext("%(count)d session has a new time.", "%(count)d sessions have a new time.", len(moved))
    messages.success(request, text % {"count": len(moved)})
    return True


# --- Closures -------------------------------------------------------------------------------------


@page
@coordinators_only
def closures(request: HttpRequest) -> HttpResponse:
    me = account(request)
    form = ClosureForm(request.POST if request.method == "POST" else None, user=me)
    if request.method == "POST" and form.is_valid():
        services_closures.add_closure(by=me, **form.cleaned_data)
        messages.success(request, _("Saved. New series leave these days out."))
        return redirect("desk:closures")
    mine = coordinated_regions(me)
    ahead = list(closures_of(mine).filter(last_day__gte=timezone.localdate()).select_related("program_region"))
    planned = _planned(ahead, mine)
    context = {"form": form, "closures": [_closure_line(one, mine, planned) for one in ahead]}
    return render(request, "sessions/closures.html", context, status=409 if form.errors else 200)


def _planned(closures: list[Closure], mine: frozenset[str]) -> list[tuple[date, str]]:
    """Day and region of each session that is planned from the first of these days to the last."""
    if not closures:
        return []
    days = (min(one.first_day for one in closures), max(one.last_day for one in closures))
    sessions = GroupSession.objects.filter(
        state=SessionState.SCHEDULED, starts_at__date__range=days, group__program_region__in=mine
    )
    return list(sessions.order_by().values_list("starts_at__date", "group__program_region"))


def _closure_line(one: Closure, mine: frozenset[str], planned: list[tuple[date, str]]) -> dict[str, Any]:
    """With how many sessions are planned on these days all the same."""
    language = reader_language()
    regions = {one.program_region_id} if one.program_region_id else mine
    all_the_same = sum(one.first_day <= day <= one.last_day and region in regions for day, region in planned)
    return {
        "id": one.pk, "name": one.name, "where": one.program_region or _("The whole program"),
        "first": long_date(one.first_day, language, article=False), "first_iso": one.first_day.isoformat(),
        "last": long_date(one.last_day, language, article=False), "last_iso": one.last_day.isoformat(),
        "planned": all_the_same, "mine": one.program_region_id in mine,
    }  # fmt: skip


@require_POST
@coordinators_only
def closure_remove(request: HttpRequest, closure_id: int) -> HttpResponse:
    mine = Closure.objects.filter(program_region__in=coordinated_regions(account(request)))
    services_closures.remove_closure(closure=get_object_or_404(mine, pk=closure_id), by=account(request))
    messages.success(request, _("These days are open again."))
    return redirect("desk:closures")
