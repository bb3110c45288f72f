"""For those who lead: what is next, who comes, who was there. They see chosen names, and nothing else they do not
need ([domain] rule 26)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from groups import invitation_pages
from groups.choices import RUNNING, GroupKind, GroupState, InvitationState
from groups.models import Membership, PeerGroup
from intake.choices import NeedCode
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.dashboard import cards_for
from psp.errors import DomainError, add_to_form
from psp.models import User
from sessions import calendar_pages, words
from sessions.choices import SessionState
from sessions.choices_cover import CoverState
from sessions.forms import attendance_form
from sessions.models import Coming, Cover, GroupSession
from sessions.permissions import can_record_attendance
from sessions.places import Place, place_of
from sessions.services_attendance import current_members, is_its_day, is_open, record_attendance, shown_names
from sessions.services_cover import is_away

leads_only = requires(Role.SUPPORTER, Role.CLINICIAN)


@require_GET
@leads_only
def home(request: HttpRequest) -> HttpResponse:
    """The next session and the groups. Names of people are one tap further."""
    now, me = timezone.now(), account(request)
    to_lead = GroupSession.objects.to_lead(me).select_related("group")
    upcoming = to_lead.upcoming(now).first()
    groups = PeerGroup.objects.led_by(me).exclude(state=GroupState.CANCELLED).with_counts()
    soonest = Prefetch("sessions", GroupSession.objects.upcoming(now).select_related("group"), to_attr="coming")
    asked = invitation_pages.to_lead(me).filter(state=InvitationState.OPEN)
    context = {
        "cards": cards_for(request, "lead"),
        "asked": [invitation_pages.line(invitation, me) for invitation in asked],
        "next": words.line(upcoming, me.time_zone) if upcoming else None,
        "instead": instead_of(me),
        "unrecorded": [words.line(session, me.time_zone) for session in to_lead.unrecorded(now)],
        "groups": [
            {"group": group, "next": words.line(group.coming[0], me.time_zone) if group.coming else None}
            for group in groups.order_by("state", "-created_at").prefetch_related(soonest)
        ],
    }
    return render(request, "lead/home.html", context)


def instead_of(me: User) -> list[dict[str, Any]]:
    """Sessions to come that this account was to lead, one by one, and that somebody else leads or will."""
    rows = Cover.objects.away(me).still_to_come(timezone.now()).select_related("session__group")
    found = rows.order_by("session__starts_at")
    return [{**words.line(one.session, me.time_zone), "open": one.state == CoverState.OPEN} for one in found]


@require_GET
@leads_only
def calendar(request: HttpRequest) -> HttpResponse:
    """The sessions that this account leads, by week or by month."""
    me = account(request)
    rows = GroupSession.objects.to_lead(me).select_related("group")
    return render(request, "lead/calendar.html", calendar_pages.page(rows, request.GET, me.time_zone, "lead:session"))


@require_GET
@leads_only
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    me = account(request)
    found = get_object_or_404(PeerGroup.objects.led_by(me), pk=group_id)
    members = current_members(found)
    audit.record_reads(members, purpose=Purpose.SESSIONS)
    sessions = list(found.sessions.select_related("group", "room").order_by("starts_at"))
    now = timezone.now()
    upcoming = next((one for one in sessions if one.state == SessionState.SCHEDULED and one.ends_at >= now), None)
    context = {
        "group": found,
        "people": people_of(members, needs=found.state in RUNNING),
        "sessions": [words.line(session, me.time_zone) for session in sessions],
        "next": words.line(upcoming, me.time_zone) if upcoming else None,
        "place": place_of(upcoming) if upcoming else Place(found.link, found.address),
        "coming": coming_to(upcoming, members) if upcoming and found.asks_who_comes else None,
    }
    return render(request, "lead/group.html", context)


def people_of(members: list[Membership], *, needs: bool) -> list[dict[str, Any]]:
    """Chosen names, each with what that person wants those who lead to know (`needs`), while they meet."""
    names = shown_names(members)
    rows = [
        {"name": names[member.pk], "needs": [str(NeedCode(code).label) for code in member.shared_needs if needs]}
        for member in members
    ]
    return sorted(rows, key=lambda row: row["name"].casefold())


def coming_to(upcoming: GroupSession, members: list[Membership]) -> dict[str, Any]:
    """Who said that they come, who said that they do not, and how many have not said."""
    said = dict(Coming.objects.filter(session=upcoming).values_list("participant_id", "comes"))
    names = shown_names(members)
    known = [(names[member.pk], said[member.participant_id]) for member in members if member.participant_id in said]
    return {
        "yes": [name for name, comes in known if comes], "no": [name for name, comes in known if not comes],
        "open": len(members) - len(known),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@leads_only
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Who is here: one row of answers for each person, one save."""
    me = account(request)
    found = get_object_or_404(GroupSession.objects.led_by(me).select_related("group"), pk=session_id)
    form = attendance_form(found, me.time_zone, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            record_attendance(session=found, by=me, statuses=form.statuses(), seen=form.cleaned_data["seen"])
        except DomainError as error:
            add_to_form(form, error)
        else:
            return redirect("lead:thanks", session_id=found.pk)
    audit.record_reads(form.people.values(), purpose=Purpose.SESSIONS)
    is_now = is_open(found, me) and can_record_attendance(me, found)
    context = {
        "session": words.line(found, me.time_zone), "form": form, "group": found.group, "open": is_now,
        "late": is_its_day(found) and not is_now and found.state != SessionState.CANCELLED,
        "begun": found.starts_at <= timezone.now() and found.state != SessionState.CANCELLED,
        "door": is_now and found.group.kind == GroupKind.INFORMAL, **part_of(found, me),
    }  # fmt: skip
    return render(request, "lead/session.html", context)


def part_of(found: GroupSession, me: User) -> dict[str, Any]:
    """Whether this account leads the session, or somebody does in its place, and what it may say about that."""
    away = Cover.objects.away(me).filter(session=found).first()
    ahead = found.state == SessionState.SCHEDULED and found.starts_at > timezone.now()
    own = PeerGroup.objects.led_by(me).filter(pk=found.group_id).exists()
    undecided = away is not None and away.state == CoverState.OPEN and not away.decided
    returns = undecided and ahead and not is_away(found, me)
    return {
        "leads": away is None, "may_say": ahead, "may_return": returns,
        "whole_group": own, "place": place_of(found) if away is None and found.ends_at > timezone.now() else None,
    }  # fmt: skip


@require_GET
@leads_only
def thanks(request: HttpRequest, session_id: UUID) -> HttpResponse:
    me = account(request)
    found = get_object_or_404(GroupSession.objects.led_by(me).select_related("group"), pk=session_id)
    following = GroupSession.objects.filter(group=found.group).upcoming(timezone.now()).select_related("group")
    after = following.filter(starts_at__gt=found.starts_at).first()
    context = {
        "session": words.line(found, me.time_zone), "next": words.line(after, me.time_zone) if after else None,
        "begun": found.starts_at <= timezone.now(),
    }  # fmt: skip
    return render(request, "lead/thanks.html", context)
