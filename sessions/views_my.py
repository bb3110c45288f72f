"""The person's own groups and sessions: what is coming, and what was. Nobody else in them is shown."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from groups.choices import GroupKind, GroupState, MembershipState
from groups.desk import TAG_KINDS
from groups.models import Membership
from intake.models import Participant
from psp.areas import account, for_participants
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from sessions import words
from sessions.choices import AttendanceStatus
from sessions.models import Attendance, GroupSession
from sessions.survey_card import asked_of


@require_GET
@for_participants
def mine(request: HttpRequest) -> HttpResponse:
    me, now = account(request), timezone.now()
    audit.record(Action.READ, Membership, person=me.pk, purpose=Purpose.OWN)
    coming = GroupSession.objects.visible_to(me).of_member(me).upcoming(now).select_related("group")
    context = {
        "coming": [words.line(session, me.time_zone) for session in coming],
        "groups": [_group_row(place) for place in _places(me)],
        "may_drop_in": Participant.objects.accepted_for(GroupKind.INFORMAL).filter(user=me).exists(),
        "asked": asked_of(me),
        "past": [_past_row(row, me.time_zone) for row in _attended(me)],
    }
    return render(request, "sessions/mine.html", context)


def _places(me: Any) -> QuerySet[Membership]:
    """A formal group that is being formed may never begin: the person hears of it when it is established."""
    rows: QuerySet[Membership] = Membership.objects.filter(participant__user=me).select_related("group")
    untold = Q(group__state=GroupState.FORMING, group__kind=GroupKind.FORMAL)
    return rows.exclude(untold).order_by("-joined_at")


def _attended(me: Any) -> QuerySet[Attendance]:
    rows: QuerySet[Attendance] = Attendance.objects.filter(participant__user=me).select_related("session__group")
    return rows.order_by("-session__starts_at")


def _group_row(place: Membership) -> dict[str, Any]:
    left = place.state == MembershipState.LEFT
    return {
        "id": "" if left else place.group_id, "name": place.group.name, "kind": place.group.get_kind_display(),
        "state": place.get_state_display() if left else place.group.get_state_display(),
        "tag_kind": "neutral" if left else TAG_KINDS[GroupState(place.group.state)],
    }  # fmt: skip


def _past_row(row: Attendance, zone: str) -> dict[str, Any]:
    return words.line(row.session, zone) | {"said": AttendanceStatus(row.status).label}
