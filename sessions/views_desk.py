"""For coordinators: one session, who was there, another time or place for it, cancelling and restoring."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups.choices import GroupState
from groups.models import PeerGroup
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from sessions import calendar_pages, services, services_attendance, services_video, video_pages, words
from sessions.choices import SessionState
from sessions.desk_reminders import reminders_of
from sessions.forms import AttendanceForm, MoveForm, attendance_form
from sessions.forms_schedule import CancelForm, SessionPlaceForm
from sessions.forms_video import LinkForm
from sessions.models import GroupSession
from sessions.places import place_of
from sessions.schedule_pages import told_words

coordinators_only = requires(Role.COORDINATOR)


@require_GET
@coordinators_only
def calendar(request: HttpRequest) -> HttpResponse:
    """All sessions of the coordinator's regions, by week or by month."""
    me = account(request)
    groups = PeerGroup.objects.in_regions_of(me)
    rows = GroupSession.objects.filter(group__in=groups).select_related("group")
    context = calendar_pages.page(rows, request.GET, me.time_zone, "desk:session")
    return render(request, "sessions/desk_calendar.html", context)


def _session(request: HttpRequest, session_id: UUID) -> GroupSession:
    inside = PeerGroup.objects.in_regions_of(request.user)
    sessions = GroupSession.objects.filter(group__in=inside).select_related("group__region", "room")
    found: GroupSession = get_object_or_404(sessions, pk=session_id)
    return found


def _page(
    request: HttpRequest, found: GroupSession, *, attendance: AttendanceForm | None = None,
    move: MoveForm | None = None, link: LinkForm | None = None, place: SessionPlaceForm | None = None,
) -> HttpResponse:  # fmt: skip
    attendance = attendance or attendance_form(found, found.group.time_zone)
    audit.record_reads(attendance.people.values(), purpose=Purpose.SESSIONS)
    context = {
        "session": words.line(found, found.group.time_zone), "group": found.group, "form": attendance,
        "move": move or MoveForm(session=found), "planned": found.state == SessionState.SCHEDULED,
        "open": services_attendance.is_its_day(found) and found.state != SessionState.CANCELLED,
        "zone": words.zone(found.group.time_zone, found.starts_at),
        "place": place or SessionPlaceForm(session=found), "where": place_of(found),
        "told": told_words(found.group), "reason": found.get_reason_display(),
        "may_restore": found.state == SessionState.CANCELLED and found.starts_at > timezone.now()
        and found.group.state == GroupState.ESTABLISHED,
        "reminders": reminders_of(found, account(request)), "here": request.path,
        "video": video_pages.part(found, account(request), link),
    }  # fmt: skip
    return render(request, "sessions/session.html", context)


@require_http_methods(["GET", "POST"])
@coordinators_only
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Who was there, as the lead noted it or as the coordinator corrects it."""
    found = _session(request, session_id)
    if request.method == "GET":
        return _page(request, found)
    form = attendance_form(found, found.group.time_zone, request.POST)
    if form.is_valid():
        try:
            services_attendance.record_attendance(
                session=found, by=account(request), statuses=form.statuses(), seen=form.cleaned_data["seen"]
            )
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Saved. Thank you."))
            return redirect("desk:session", session_id=found.pk)
    return _page(request, found, attendance=form)


@require_POST
@coordinators_only
def move(request: HttpRequest, session_id: UUID) -> HttpResponse:
    found = _session(request, session_id)
    form = MoveForm(request.POST, session=found)
    if form.is_valid():
        try:
            services.move_session(
                session=found, by=account(request), starts_at=form.moment(), revision=form.cleaned_data["revision"],
                reason=form.cleaned_data["reason"], despite=form.cleaned_data["despite"],
            )  # fmt: skip
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The session has a new time. Its members are told."))
            return redirect("desk:session", session_id=found.pk)
    return _page(request, found, move=form)


@require_POST
@coordinators_only
def video(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Try once more to have a meeting made, or type a link."""
    found = _session(request, session_id)
    if request.POST.get("act") == "again":
        services_video.try_again(session=found, by=account(request))
        messages.success(request, _("We will try again within a minute."))
        return redirect("desk:session", session_id=found.pk)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _page(request, found, link=form)
    services_video.type_link(session=found, by=account(request), link=form.cleaned_data["link"])
    messages.success(request, _("Saved. Thank you."))
    return redirect("desk:session", session_id=found.pk)


@require_http_methods(["GET", "POST"])
@coordinators_only
def cancel(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Who is told, and why, then one button. It can be taken back while the time is still to come."""
    found = _session(request, session_id)
    form = CancelForm(request.POST if request.method == "POST" else None, initial={"revision": found.revision})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        services.cancel_session(session=found, by=account(request), reason=said["reason"], revision=said["revision"])
        messages.success(request, _("The session is cancelled. Everybody in the group is told."))
        return redirect("desk:session", session_id=found.pk)
    context = {"session": words.line(found, found.group.time_zone), "group": found.group, "form": form,
               "told": told_words(found.group)}  # fmt: skip
    return render(request, "sessions/cancel.html", context)


@require_POST
@coordinators_only
def restore(request: HttpRequest, session_id: UUID) -> HttpResponse:
    found = _session(request, session_id)
    services.restore_session(session=found, by=account(request))
    messages.success(request, _("The session takes place after all. Everybody in the group is told."))
    return redirect("desk:session", session_id=found.pk)


@require_POST
@coordinators_only
def place(request: HttpRequest, session_id: UUID) -> HttpResponse:
    found = _session(request, session_id)
    form = SessionPlaceForm(request.POST, session=found)
    if form.is_valid():
        said = {"room": found.room} | form.cleaned_data
        try:
            services.set_place(session=found, by=account(request), **said)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Saved. Everybody in the group is told of the place."))
            return redirect("desk:session", session_id=found.pk)
    return _page(request, found, place=form)
