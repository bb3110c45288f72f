"""For coordinators: who leads soon and has something to mend before, once their supervisor had time for it.

They read who, which group and when, and that supervision is there: enough to find a second lead or to move a session.
What is missing stays between the person and whoever supervises them (ADR 12, [NH] rule 35).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from groups.models import PeerGroup
from psp.areas import account, requires
from psp.asking import Question, Rows
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.dashboard import Card, add_card
from psp.models import User
from sessions import words
from sessions.choices import SessionState
from sessions.models import Cover, GroupSession
from supporters.may_lead.querysets import NEAR
from supporters.may_lead.services import concerns
from supporters.models import LeadConcern


def _told(reader: User, *, now: datetime, today: date, near: date) -> QuerySet[Any]:
    """Of whoever leads a group of the reader's regions on the first day on which something is missing."""
    led = _led(reader).filter(starts_at__date=OuterRef("first_day"), group__leads__user=OuterRef("user"))
    covered = Cover.objects.standing().filter(session__starts_at__date=OuterRef("first_day"), lead=OuterRef("user"))
    rows = LeadConcern.objects.after_support(now, near).filter(Exists(led), ~Exists(covered), first_day__gte=today)
    return rows.exclude(user_id=reader.pk)


def _led(reader: User) -> QuerySet[GroupSession]:
    groups = PeerGroup.objects.in_regions_of(reader)
    rows: QuerySet[GroupSession] = GroupSession.objects.filter(group__in=groups, state=SessionState.SCHEDULED)
    return rows


def _now(_reader: User) -> dict[str, Any]:
    now = timezone.now()
    return {"now": now, "today": timezone.localdate(now), "near": timezone.localdate(now) + NEAR}


TOLD = Question(lambda reader, **time: _told(reader, **time).order_by().values_list("pk"), _now, of="count(*)")


def register() -> None:
    add_card(Card("desk", "sessions/support_card.html", card, 50, (TOLD,)))


def card(_request: HttpRequest, counted: Rows) -> dict[str, Any] | None:
    """Quiet: supervision acts on it, so nothing waits for the reader."""
    ((count,),) = counted
    return {"count": count} if count else None


@require_GET
@requires(Role.COORDINATOR)
def page(request: HttpRequest) -> HttpResponse:
    """How they stand is asked anew: what was mended since the morning is not shown any more."""
    me = account(request)
    found = list(_told(me, **_now(me)).select_related("user"))
    live = concerns(timezone.localdate(), [one.user_id for one in found]) if found else {}
    days = {user: concern.first_day for user, concern in live.items()}
    sessions = _sessions(me, days)
    shown = [one for one in found if one.user_id in sessions]
    audit.record_reads(shown, purpose=Purpose.CARE)
    people = [
        {"name": one.user.name or one.user.username, "id": one.pk, "sessions": sessions[one.user_id]} for one in shown
    ]
    return render(request, "sessions/support.html", {"people": sorted(people, key=lambda one: one["name"].casefold())})


def _sessions(reader: User, days: dict[UUID, date]) -> dict[UUID, list[dict[str, Any]]]:
    """What each of them leads on their day in the reader's regions, but for what somebody else leads instead."""
    away = Cover.objects.standing().filter(session=OuterRef("pk"), lead=OuterRef("group__leads__user"))
    rows = _led(reader).filter(~Exists(away), group__leads__user__in=days, starts_at__date__in=set(days.values()))
    pairs = rows.values_list("group__leads__user_id", "pk")
    told = {
        one.pk: one for one in GroupSession.objects.filter(pk__in=[pk for _user, pk in pairs]).select_related("group")
    }
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for user, pk in pairs:
        if timezone.localdate(told[pk].starts_at) == days.get(user):
            found[user].append(words.line(told[pk], reader.time_zone) | {"group_id": told[pk].group_id})
    return found
