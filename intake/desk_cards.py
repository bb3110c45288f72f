"""What this app puts on the desk's front page and into its navigation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from intake import desk
from intake.choices import ApplicationState
from intake.file_parts import FilePart, Tab, add_part
from intake.preferences_pages import part_of_file
from psp.areas import account, holds
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place

SHOWN = 5


def new_applications(request: HttpRequest) -> dict[str, Any]:
    """How many wait for a meeting, and the ones that have waited longest."""
    rows = desk.applications_of(account(request)).filter(state=ApplicationState.SUBMITTED)
    figures = rows.aggregate(count=Count("pk"), oldest=Min("submitted_at"))
    first = list(rows[:SHOWN])
    audit.record_reads(first, purpose=Purpose.INTAKE)
    return {
        "count": figures["count"], "waits": figures["count"],
        "oldest": desk.waiting_text(figures["oldest"]) if figures["oldest"] else "",
        "people": [
            {"pk": row.participant_id, "name": row.participant.user.name, "reference": row.participant.reference,
             "waited": desk.waiting_text(row.submitted_at)}
            for row in first
        ],
    }  # fmt: skip


def meetings(request: HttpRequest) -> dict[str, Any]:
    """Intake meetings of today, and how many there are in the seven days from now on."""
    begin, end = desk.day_of(account(request))
    week = desk.meetings_between(account(request), begin, begin + timedelta(days=7))
    counts = week.order_by().aggregate(week=Count("pk"), today=Count("pk", filter=Q(starts_at__lt=end)))
    today = list(week.filter(starts_at__lt=end)[:SHOWN])
    audit.record_reads(today, purpose=Purpose.INTAKE)
    people = [
        {"pk": row.application.participant_id, "name": row.application.participant.user.name,
         "reference": row.application.participant.reference,
         "when": desk.both_clocks(row.starts_at, account(request), row.application.participant.user)["mine"]}
        for row in today
    ]  # fmt: skip
    return {**counts, "people": people, "waits": counts["today"]}


def overdue(request: HttpRequest) -> dict[str, Any]:
    """How many nobody has taken care of for too long, and since when the first of them; no names."""
    rows = desk.overdue(desk.applications_of(account(request)))
    figures = rows.order_by().aggregate(count=Count("pk"), first=Min("last_action_at"))
    since = desk.due(figures["first"], account(request)) if figures["first"] else {}
    return {"count": figures["count"], "waits": figures["count"], "days": settings.PSP_OVERDUE_DAYS, **since}


def own(request: HttpRequest) -> dict[str, Any] | None:
    """How many open applications the reader looks after; no card for whoever looks after none."""
    rows = desk.applications_of(account(request)).filter(assigned_to=account(request))
    count = rows.order_by().filter(state__in=[ApplicationState.SUBMITTED, ApplicationState.MEETING_SET]).count()
    return {"count": count, "waits": count} if count else None


def register() -> None:
    allowed = holds(Role.COORDINATOR)
    add_part(FilePart("desk/file_wishes.html", part_of_file, Tab.APPLICATION, order=3))
    add_place(Place("desk", _("Today"), "home", "desk:today", allowed, order=0, key="t"))
    add_place(Place("desk", _("Applications"), "document", "desk:applications", allowed, order=10, key="a"))
    add_place(Place("desk", _("Board"), "flag", "desk:board", allowed, order=15, key="b"))
    add_place(Place("desk", _("Intake meetings"), "calendar", "desk:meetings", allowed, order=20, key="i"))
    add_place(Place("desk", _("Enter by phone"), "plus", "desk:enter", allowed, order=25))
    add_card(Card("desk", "desk/cards/applications.html", new_applications, order=10))
    add_card(Card("desk", "desk/cards/meetings.html", meetings, order=20))
    add_card(Card("desk", "desk/cards/overdue.html", overdue, order=5))
    add_card(Card("desk", "desk/cards/own.html", own, order=12))
