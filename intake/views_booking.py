"""The participant books, moves and cancels the intake meeting. Never a dead end: without a time that suits, they say
when they could, and a coordinator finds one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from intake import availability, portal
from intake import booking_pages as pages
from intake.calendar_file import CONTENT_TYPE, calendar_file, file_name
from intake.choices import ApplicationState, HoursFor, MeetingPlace, MeetingState
from intake.forms_booking import WishForm
from intake.models import Application, IntakeMeeting, MeetingWish, Participant
from intake.services_booking import book_meeting, changes_left, in_time, move_own_meeting, wish_for_times
from intake.views_my import own_application, own_file
from psp.areas import account, for_participants
from psp.bilingual import reader_language
from psp.calendar_text import zone_name
from psp.errors import DomainError, add_to_form

BOOKABLE = (ApplicationState.SUBMITTED, ApplicationState.MEETING_SET)


def bookable(request: HttpRequest) -> tuple[Participant, Application]:
    """The own file with an application that a meeting belongs to; 404 otherwise."""
    participant = own_file(request)
    application = own_application(participant)
    if application.state not in BOOKABLE:
        raise Http404
    return participant, application


@require_GET
@for_participants
def meeting(request: HttpRequest) -> HttpResponse:
    """When it is, how to join, and what can be done about it."""
    participant = own_file(request)
    application = own_application(participant)
    found = portal.meeting_of(application)
    if found is None:
        return redirect("my:meeting_times" if application.state in BOOKABLE else "my:home")
    terms, now = availability.room_of(found.coordinator_id, participant.program_region_id), timezone.now()
    context = {
        "meeting": found, "when": portal.when(found.starts_at, participant.user),
        "minutes": (found.ends_at - found.starts_at).seconds // 60, "by_phone": found.place == MeetingPlace.PHONE,
        "where": availability.where_to_join(found, terms, now), "unattended": portal.without_anybody(found),
        "door_open": availability.door_opens(found) <= now, "over": found.ends_at <= now,
        "link_minutes": settings.PSP_MEETING_LINK_MINUTES,
        "may_move": in_time(found) and changes_left(application) > 0,
    }  # fmt: skip
    return render(request, "my/meeting.html", context)


@require_GET
@for_participants
def times(request: HttpRequest) -> HttpResponse:
    """The free times, a tap for each."""
    participant, application = bookable(request)
    return times_page(request, participant, application)


def times_page(
    request: HttpRequest, participant: Participant, application: Application, *, problem: str = "", status: int = 200
) -> HttpResponse:
    zone = participant.user.time_zone
    found = availability.offers(availability.open_times(participant.program_region_id, HoursFor.MEETING))
    standing = portal.meeting_of(application)
    wish = MeetingWish.objects.visible_to(request.user).filter(application=application).first()
    context = {
        "times": pages.times(found, zone), "zone": zone_name(zone, reader_language(), timezone.now()),
        "problem": problem, "standing": portal.when(standing.starts_at, participant.user) if standing else "",
        "wish": pages.wish_words(wish.parts) if wish else [], "left": changes_left(application),
        "cancelled": cancelled_ahead(application), "place": found[0].place if found else "",
    }  # fmt: skip
    return render(request, "my/meeting_times.html", context, status=status)


def cancelled_ahead(application: Application) -> IntakeMeeting | None:
    """A meeting taken back whose day is still to come: a calendar may still show it."""
    rows = application.meetings.filter(state=MeetingState.CANCELLED, starts_at__gt=timezone.now())
    found: IntakeMeeting | None = rows.order_by("-starts_at").first()
    return found


@require_http_methods(["GET", "POST"])
@for_participants
def confirm(request: HttpRequest) -> HttpResponse:
    """The chosen time once more, one button. The button's second click changes nothing."""
    participant, application = bookable(request)
    asked = request.POST if request.method == "POST" else request.GET
    at, place = pages.read(asked.get("at", "")), asked.get("place", "")
    if at is None or place not in MeetingPlace.values:
        return redirect("my:meeting_times")
    if request.method == "GET":
        return confirm_page(request, participant, application, at, place)
    try:
        book_or_move(request, application, at, place)
    except DomainError as error:
        return times_page(request, participant, application, problem=error.message, status=error.status)
    messages.success(request, _("It is set. If we may write to you, a short message confirms it."))
    return redirect("my:meeting")


def book_or_move(request: HttpRequest, application: Application, at: datetime, place: str) -> None:
    standing = portal.meeting_of(application)
    if standing is None:
        book_meeting(application=application, starts_at=at, place=place, by=account(request))
    else:
        move_own_meeting(meeting=standing, starts_at=at, place=place, by=account(request))


def confirm_page(
    request: HttpRequest, participant: Participant, application: Application, at: datetime, place: str
) -> HttpResponse:
    found = availability.offers(availability.open_times(participant.program_region_id, HoursFor.MEETING))
    offer = next((one for one in found if (one.at, one.place) == (at, place)), None)
    if offer is None:
        gone = _("This time has just been taken. You have lost nothing: here are the next free times.")
        return times_page(request, participant, application, problem=gone, status=409)
    standing = portal.meeting_of(application)
    context: dict[str, Any] = {
        "when": portal.when(at, participant.user), "at": pages.written(at), "place": place, "minutes": offer.minutes,
        "by_phone": place == MeetingPlace.PHONE,
        "standing": portal.when(standing.starts_at, participant.user) if standing else "",
    }  # fmt: skip
    return render(request, "my/meeting_confirm.html", context)


@require_http_methods(["GET", "POST"])
@for_participants
def wish(request: HttpRequest) -> HttpResponse:
    """None of the times suits: tick when one could. The coordinator reads it and offers a time."""
    participant, application = bookable(request)
    if application.state != ApplicationState.SUBMITTED:
        return redirect("my:other_time")
    form = WishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            wish_for_times(application=application, parts=form.cleaned_data["parts"], by=account(request))
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Thank you. A coordinator will find a time with you."))
            return redirect("my:home")
    before = MeetingWish.objects.visible_to(request.user).filter(application=application).first()
    chosen = request.POST.getlist("parts") if request.method == "POST" else (before.parts if before else [])
    zone = zone_name(participant.user.time_zone, reader_language(), timezone.now())
    return render(request, "my/meeting_wish.html", {"form": form, "rows": pages.wish_rows(chosen), "zone": zone})


@require_GET
@for_participants
def calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The calendar file of one's own meeting, or of its cancellation. Its name and words tell nothing."""
    participant = own_file(request)
    rows = IntakeMeeting.objects.visible_to(request.user).filter(application__participant=participant)
    found = rows.filter(pk=pk, state__in=[MeetingState.SET, MeetingState.CANCELLED]).first()
    if found is None:
        raise Http404
    answer = HttpResponse(calendar_file(found, timezone.now()), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{file_name()}"'
    return answer
