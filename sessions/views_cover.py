"""Somebody cannot lead a session: they say so in one tap, and a coordinator finds who does. Nobody is asked why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import User
from sessions import services_cover, words
from sessions.choices_cover import CoverState
from sessions.forms_cover import StandInForm
from sessions.models import Cover, GroupSession
from sessions.standing_in import who_could
from sessions.views_lead import leads_only

coordinators_only = requires(Role.COORDINATOR)
MOST = 200
# What happened so lately was done by the first of two presses.
LATELY = timedelta(minutes=1)
TAGS = {CoverState.OPEN: "needs-you", CoverState.TAKEN: "success", CoverState.ALONE: "success"}


# --- Those who lead -------------------------------------------------------------------------------


def _led(request: HttpRequest, session_id: UUID) -> GroupSession:
    found: GroupSession = get_object_or_404(GroupSession.objects.led_by(account(request)), pk=session_id)
    return found


@require_POST
@leads_only
def cannot(request: HttpRequest, session_id: UUID) -> HttpResponse:
    said = _("A coordinator finds somebody else. You do not have to do anything.")
    needed = Cover.objects.open().filter(session=session_id, changed_at__gt=timezone.now() - LATELY)
    if needed.exists() and not GroupSession.objects.led_by(account(request)).filter(pk=session_id).exists():
        messages.success(request, said)
        return redirect("lead:home")  # the second press of somebody who stood in, and sees the session no more
    cover = services_cover.cannot_lead(session=_led(request, session_id), by=account(request))
    messages.success(request, said)
    return redirect("lead:session", session_id=session_id) if cover else redirect("lead:home")


@require_POST
@leads_only
def after_all(request: HttpRequest, session_id: UUID) -> HttpResponse:
    services_cover.can_lead_after_all(session=_led(request, session_id), by=account(request))
    messages.success(request, _("Thank you. This session is yours again."))
    return redirect("lead:session", session_id=session_id)


# --- Coordinators ---------------------------------------------------------------------------------


@require_GET
@coordinators_only
def covers(request: HttpRequest) -> HttpResponse:
    """All sessions to come that somebody else leads, or should; the soonest first."""
    me = account(request)
    rows = Cover.objects.in_regions_of(me).standing().still_to_come(timezone.now())
    found = list(rows.select_related("session__group", "lead", "stand_in").order_by("session__starts_at", "pk")[:MOST])
    audit.record_reads(found, purpose=Purpose.SESSIONS)
    _note_names({row.stand_in_id for row in found if row.stand_in_id})
    shown = [_row(row, me) for row in found]
    context = {
        "open": [row for row in shown if row["open"]], "settled": [row for row in shown if not row["open"]]
    }  # fmt: skip
    return render(request, "sessions/covers.html", context)


def _row(row: Cover, reader: User) -> dict[str, Any]:
    """Which session, who was to lead it, who does. Nothing of why."""
    return {
        "id": row.pk, "session": words.line(row.session, reader.time_zone), "lead": row.lead.name,
        "stand_in": row.stand_in.name if row.stand_in else "", "open": row.state == CoverState.OPEN,
        "state": row.get_state_display(), "tag": TAGS.get(CoverState(row.state), "neutral"),
    }  # fmt: skip


def _cover(request: HttpRequest, cover_id: UUID) -> Cover:
    rows = Cover.objects.in_regions_of(account(request)).select_related("session__group", "lead", "stand_in")
    found: Cover = get_object_or_404(rows, pk=cover_id)
    return found


@require_http_methods(["GET", "POST"])
@coordinators_only
def cover(request: HttpRequest, cover_id: UUID) -> HttpResponse:
    """One session: who could lead it, and what else there is to do."""
    me, found = account(request), _cover(request, cover_id)
    people = who_could(found, me)
    form = StandInForm(request.POST or None, people=people, chosen=found.stand_in)
    if request.method == "POST" and form.is_valid():
        try:
            services_cover.stand_in(cover=found, user=form.wanted(), by=me)
        except DomainError as error:
            add_to_form(form, error)
        else:
            said = _(
                "Saved. They are told of a new date, and see this session on their page, nothing else of the group."
            )
            messages.success(request, said)
            return redirect("desk:covers")
    audit.record_reads([found], purpose=Purpose.SESSIONS)
    _note_names({one.pk for one in people} | ({found.stand_in_id} if found.stand_in_id else set()))
    return render(request, "sessions/cover.html", _page(found, form, me), status=409 if form.errors else 200)


def _note_names(people: set[UUID]) -> None:
    """Those who stand in, or could, are named on the page too."""
    audit.record_reads_of(User, [(one, one) for one in sorted(people)], purpose=Purpose.SESSIONS)


def _page(found: Cover, form: StandInForm, me: User) -> dict[str, Any]:
    try:
        services_cover.check_alone(found)
        alone = ""
    except DomainError as error:
        alone = str(error.message)
    return {
        "row": _row(found, me), "form": form, "group": found.session.group, "why_not_alone": alone,
        "over": found.state == CoverState.NOT_NEEDED or found.session.ends_at <= timezone.now(),
        "settled": found.state in (CoverState.TAKEN, CoverState.ALONE), "decided": found.decided,
    }  # fmt: skip


@require_POST
@coordinators_only
def alone(request: HttpRequest, cover_id: UUID) -> HttpResponse:
    services_cover.leads_alone(cover=_cover(request, cover_id), by=account(request))
    messages.success(request, _("Saved. Please tell the person who leads alone."))
    return redirect("desk:covers")


@require_POST
@coordinators_only
def theirs(request: HttpRequest, cover_id: UUID) -> HttpResponse:
    found = _cover(request, cover_id)
    services_cover.theirs_again(cover=found, by=account(request))
    messages.success(request, _("Saved. %(name)s leads this session again.") % {"name": found.lead.name})
    return redirect("desk:covers")


@require_POST
@coordinators_only
def reopen(request: HttpRequest, cover_id: UUID) -> HttpResponse:
    services_cover.reopen(cover=_cover(request, cover_id), by=account(request))
    messages.success(request, _("Somebody is needed for this session again."))
    return redirect("desk:cover", cover_id=cover_id)
