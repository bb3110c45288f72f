"""The short call as a visitor books it. Nothing is kept of who they are; the answer to a code tells nothing either."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from intake import availability, services_calls
from intake import booking_pages as pages
from intake.availability import Offer
from intake.choices import CallWay, HoursFor
from intake.forms_calls import CallForm, CodeForm, PlaceForm, zone_of
from intake.limits import spend
from intake.models import ShortCall
from intake.services_booking import TimeGone
from intake.services_calls import Wanted
from psp.bilingual import reader_language
from psp.calendar_text import long_datetime, zone_name
from psp.errors import DomainError, add_to_form
from psp.models import Region
from psp.views import crisis_lines


def region_of(place: Region | None) -> str | None:
    return place.program_region_id if place else None


@login_not_required
@require_GET
def call(request: HttpRequest) -> HttpResponse:
    """What a short call is, and its free times."""
    return times_page(request, PlaceForm(request.GET))


def times_page(request: HttpRequest, form: PlaceForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    place = form.place()
    found = availability.open_times(region_of(place), HoursFor.CALL)
    minutes = settings.PSP_CALL_MINUTES
    offers = sorted({Offer(slot.starts_at, "", minutes) for one in found.values() for slot in one.slots})
    query = {"region": place.code} if place else {}
    context = {
        "form": PlaceForm(initial={"region": place.code if place else ""}), "minutes": minutes, "problem": problem,
        "times": pages.times(offers, zone_of(place), query), "crisis_lines": crisis_lines(),
        "zone": zone_name(zone_of(place), reader_language(), timezone.now()),
    }  # fmt: skip
    return render(request, "intake/call.html", context, status=status)


@login_not_required
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """How one speaks, then one button. The answer shows the code, once."""
    asked = request.POST if request.method == "POST" else request.GET
    at, place = pages.read(asked.get("at", "")), PlaceForm({"region": asked.get("region", "")}).place()
    if at is None:
        return redirect("intake:call")
    if request.method == "GET":
        times = availability.open_times(region_of(place), HoursFor.CALL)
        able = {key: one for key, one in times.items() if at in {slot.starts_at for slot in one.slots}}
        if not able:
            return gone(request, place)
        initial = {"at": pages.written(at), "region": place.code if place else ""}
        return confirm_page(request, CallForm(ways=availability.ways(able), initial=initial), at, place)
    form = CallForm(request.POST, ways=CallWay.values)
    if not form.is_valid():
        return confirm_page(request, form, at, place)
    if not spend(request, "short_call", settings.PSP_CALLS_PER_HOUR):
        form.add_error(None, _("Many calls were booked from your network in the last hour. Please try again a little"
                               " later."))  # fmt: skip
        return confirm_page(request, form, at, place, status=429)
    wanted = Wanted(at, region_of(place), zone_of(place), form.cleaned_data["language"], form.cleaned_data["way"],
                    form.key(), form.cleaned_data["number"])  # fmt: skip
    return book(request, form, wanted, place)


def book(request: HttpRequest, form: CallForm, wanted: Wanted, place: Region | None) -> HttpResponse:
    try:
        booked = services_calls.book_call(wanted=wanted)
    except TimeGone:
        return gone(request, place)
    except DomainError as error:
        add_to_form(form, error)
        return confirm_page(request, form, wanted.starts_at, place)
    context = call_words(booked.call) | {"code": booked.code, "fresh": True}
    return render(request, "intake/call_set.html", context)


def gone(request: HttpRequest, place: Region | None) -> HttpResponse:
    sentence = _("This time has just been taken. You have lost nothing: here are the next free times.")
    return times_page(request, PlaceForm({"region": place.code if place else ""}), problem=sentence, status=409)


def confirm_page(
    request: HttpRequest, form: CallForm, at: Any, place: Region | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form, "when": long_datetime(at, zone_of(place), reader_language()),
        "minutes": settings.PSP_CALL_MINUTES, "region": place.code if place else "",
    }  # fmt: skip
    return render(request, "intake/call_confirm.html", context, status=status)


def call_words(found: ShortCall) -> dict[str, Any]:
    return {
        "when": long_datetime(found.starts_at, found.time_zone, reader_language()),
        "way": found.way, "word": found.word, "where": services_calls.where(found),
        "minutes": settings.PSP_CALL_MINUTES,
    }  # fmt: skip


@login_not_required
@require_http_methods(["GET", "POST"])
def with_code(request: HttpRequest) -> HttpResponse:
    """Look at the call again with the code. Codes that are wrong, over or cancelled all get the same answer."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not spend(request, "call_code"):
            form.add_error(None, _("Many codes were tried from your network. Please try again in an hour."))
            return render(request, "intake/call_code.html", {"form": form}, status=429)
        found = services_calls.find_call(form.cleaned_data["code"])
        if found is not None:
            context = call_words(found) | {"code": form.cleaned_data["code"], "fresh": False}
            return render(request, "intake/call_set.html", context)
        form.add_error("code", _("There is no call with this code now. It may be over, or cancelled."))
    return render(request, "intake/call_code.html", {"form": form})


@login_not_required
@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Cancel with the code: the call and everything about it are gone at once."""
    if not spend(request, "call_code"):
        return render(request, "intake/call_code.html", {"form": CodeForm()}, status=429)
    services_calls.cancel_call(code=request.POST.get("code", "")[:40])
    messages.success(request, _("The call is cancelled, and nothing about it is left here."))
    return redirect("intake:call")
