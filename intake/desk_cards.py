"""What this app puts on the desk's front page and into its navigation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from intake import desk
from intake.choices import ApplicationState
from intake.desk_figures import figures
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
    known = figures(request)
    rows = desk.applications_of(account(request)).filter(state=ApplicationState.SUBMITTED)
    first = list(rows[:SHOWN]) if known.new else []
    audit.record_reads(first, purpose=Purpose.INTAKE)
    return {
        "count": known.new, "waits": known.new,
        "oldest": desk.waiting_text(known.oldest) if known.oldest else "",
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
    today = list(week.filter(starts_at__lt=end)[:SHOWN]) if counts["today"] else []
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
    known = figures(request)
    since = desk.due(known.late_since, account(request)) if known.late_since else {}
    return {"count": known.late, "waits": known.late, "days": settings.PSP_OVERDUE_DAYS, **since}


def own(request: HttpRequest) -> dict[str, Any] | None:
    """How many open applications the reader looks after; no card for whoever looks after none."""
    count = figures(request).own
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
