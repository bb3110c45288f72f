"""What sessions leave for coordinators: people who could not come in, those who led and want to talk, and calls."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contact.call_pages import whether_to_call
from contact.services import safe_contact_of
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.models import User
from sessions import services_debrief, services_drop_in, services_follow_up, words
from sessions.choices import CallOffer, CallTime
from sessions.models import Debrief, DropIn, FollowUpOffer

coordinators_only = requires(Role.COORDINATOR)
MOST = 100


@require_GET
@coordinators_only
def after(request: HttpRequest) -> HttpResponse:
    """All that waits after sessions, on one page; the oldest first."""
    me = account(request)
    people = ("participant__user", "session__group", "by")
    codes = list(DropIn.objects.in_regions_of(me).select_related(*people).order_by("used_at")[:MOST])
    calls = FollowUpOffer.objects.in_regions_of(me).select_related("participant__user", "group")
    wished = list(calls.order_by("answered_at")[:MOST])
    talks = list(
        Debrief.objects.in_regions_of(me).select_related("lead", "session__group").order_by("changed_at")[:MOST]
    )
    audit.record_reads([*codes, *wished, *talks], purpose=Purpose.SESSIONS)
    context = {
        "codes": [_code_row(row, me) for row in codes], "talks": [_talk_row(row, me) for row in talks],
        "calls": [_call_row(row, me) for row in wished],
    }  # fmt: skip
    return render(request, "desk/after_sessions.html", context)


def _code_row(row: DropIn, reader: User) -> dict[str, Any]:
    session, by = row.session, row.by
    assert session is not None, "drop_in_used_at_a_session"
    return {
        "id": row.pk, "person": row.participant.user.name, "file": row.participant_id, "by": by.name if by else "",
        "reference": row.participant.reference, "session": words.line(session, reader.time_zone),
    }  # fmt: skip


def _talk_row(row: Debrief, reader: User) -> dict[str, Any]:
    """Who, and after which session: never how it was for them."""
    return {"id": row.pk, "name": row.lead.name, "session": words.line(row.session, reader.time_zone)}


def _call_row(row: FollowUpOffer, reader: User) -> dict[str, Any]:
    return {
        "id": row.pk, "person": row.participant.user.name, "reference": row.participant.reference,
        "group": row.group.name, "times": [CallTime(time).label for time in row.times],
    }  # fmt: skip


@require_POST
@coordinators_only
def code_settle(request: HttpRequest, drop_in_id: UUID) -> HttpResponse:
    found = get_object_or_404(DropIn.objects.visible_to(request.user), pk=drop_in_id)
    services_drop_in.settle(drop_in=found, by=account(request))
    messages.success(request, _("Noted. Thank you."))
    return redirect("desk:after_sessions")


@require_POST
@coordinators_only
def talk_done(request: HttpRequest, debrief_id: UUID) -> HttpResponse:
    found = get_object_or_404(Debrief.objects.in_regions_of(request.user), pk=debrief_id)
    services_debrief.talked_about(debrief=found, by=account(request))
    messages.success(request, _("Noted. Thank you."))
    return redirect("desk:after_sessions")


@require_http_methods(["GET", "POST"])
@coordinators_only
def call(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """One call that somebody wishes: whether it is safe now, and that it took place. What was said is kept nowhere."""
    me = account(request)
    rows = FollowUpOffer.objects.visible_to(me).select_related("participant__user", "group")
    found = get_object_or_404(rows, pk=offer_id)
    if request.method == "POST":
        services_follow_up.note_held(offer=found, by=me)
        messages.success(request, _("Noted. Thank you."))
        return redirect("desk:after_sessions")
    choices = safe_contact_of(found.participant.user)
    for read in (found, choices):
        audit.record(Action.READ, read, person=found.person_id, purpose=Purpose.SESSIONS)
    context = {
        "offer": found, "participant": found.participant, "person": found.participant.user,
        "wished": found.state == CallOffer.WISHED, "times": [CallTime(time).label for time in found.times],
        **whether_to_call(choices, me, timezone.now()),
    }  # fmt: skip
    return render(request, "desk/follow_up.html", context)
