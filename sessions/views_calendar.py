"""The private address of a calendar: the page to switch it on, and what it answers. And one session as a file."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from intake.limits import spend, spend_of
from psp.areas import account, for_participants, requires
from psp.bilingual import reader_language
from psp.calendar_text import long_date, machine_time
from psp.ics import CONTENT_TYPE
from psp.models import User
from sessions import services_calendar
from sessions.forms_calendar import FeedForm
from sessions.ics import FILE_NAMES
from sessions.models import CalendarFeed, GroupSession
from sessions.querysets_calendar import LEADING

LOOKED_BACK = 400
# Whoever reads these has no language that we know of.
REFUSALS = {
    404: "No calendar is kept at this address. / Aucun calendrier ne se trouve à cette adresse.\n",
    429: "Please try again in an hour. / Veuillez réessayer dans une heure.\n",
}


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Reads no cookie and sets none. Never raises "not found": the note of a refusal would keep the address."""
    found = services_calendar.feed_of(token)
    if found is None:
        enough = not spend(request, "feed_missed", settings.PSP_FEED_MISSES_PER_HOUR)
        return _refused(429) if enough else _refused(404)
    if not spend_of("feed", str(found.pk), settings.PSP_FEED_FETCHES_PER_HOUR):
        return _refused(429)
    now = timezone.now()
    content = services_calendar.content_of(found, now)
    services_calendar.note_fetched(found)
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    answer = HttpResponse(content, content_type=CONTENT_TYPE, headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _refused(status: int) -> HttpResponse:
    """For a program, in plain words. Django would write the path of such an answer, hence the address, into the log."""
    answer = HttpResponse(REFUSALS[status], status=status, content_type="text/plain; charset=utf-8")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer["Retry-After"] = "3600"
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


# --- Switching it on ------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@for_participants
def my_feed(request: HttpRequest) -> HttpResponse:
    return _feed_page(request, base="base_portal.html", back="my_sessions:mine", here="my_sessions:feed")


@require_http_methods(["GET", "POST"])
@requires(*LEADING)
def lead_feed(request: HttpRequest) -> HttpResponse:
    return _feed_page(request, base="base_lead.html", back="lead:home", here="lead:feed")


def _feed_page(request: HttpRequest, *, base: str, back: str, here: str) -> HttpResponse:
    me, address = account(request), ""
    if request.method == "POST":
        token = _change(request, me)
        if not token:
            return redirect(here)
        address = settings.PSP_PUBLIC_URL + reverse("calendar_feed", args=[token])
    state = _state_of(me)
    form = FeedForm(initial={"shows_names": state["feed"] is not None and state["feed"].shows_names})
    # The scheme that calendars of phones and computers answer to.
    subscribe = f"webcal://{address.partition('://')[2]}"
    context = {
        "base": base, "back": reverse(back), "address": address, "subscribe": subscribe, "form": form, **state
    }  # fmt: skip
    return render(request, "sessions/feed.html", context)


def _change(request: HttpRequest, me: User) -> str:
    """What the button says; the secret part of a new address, else ""."""
    act, named = request.POST.get("act"), "shows_names" in request.POST
    if act == "make":
        return services_calendar.make_feed(person=me, by=me, shows_names=named)
    if act == "names":
        services_calendar.name_in_feed(person=me, by=me, shows_names=named)
        messages.success(request, _("Saved. Your calendar will follow at its next update."))
    if act == "end" and services_calendar.end_feed(person=me, by=me):
        messages.success(request, _("The address does not work any more."))
    return ""


def _state_of(me: User) -> dict[str, Any]:
    found = CalendarFeed.objects.visible_to(me).first()
    if found is None:
        return {"feed": None}
    since = max(found.made_at, timezone.now() - timedelta(days=LOOKED_BACK))
    fetched = services_calendar.last_fetched(me, since=since)
    return {
        "feed": found, "made": _day(found.made_at, me.time_zone),
        "fetched": _day(fetched, me.time_zone) if fetched else None,
    }  # fmt: skip


def _day(moment: datetime, tz: str) -> dict[str, str]:
    local = moment.astimezone(ZoneInfo(tz))
    return {"text": long_date(local.date(), reader_language()), "iso": machine_time(moment)}


# --- One session as a file ------------------------------------------------------------------------


@require_GET
@for_participants
def my_file(request: HttpRequest, session_id: UUID) -> HttpResponse:
    me = account(request)
    return _file(get_object_or_404(GroupSession.objects.visible_to(me).of_member(me), pk=session_id))


@require_GET
@requires(*LEADING)
def lead_file(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return _file(get_object_or_404(GroupSession.objects.led_by(account(request)), pk=session_id))


def _file(session: GroupSession) -> HttpResponse:
    """Its name and words tell nothing."""
    language = reader_language()
    answer = HttpResponse(services_calendar.file_of(session, language), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{FILE_NAMES[language]}"'
    return answer
