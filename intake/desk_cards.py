"""What this app puts on the desk's front page and into its navigation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from intake import desk, desk_lines
from intake.choices import ApplicationState
from intake.desk_figures import LOOK, figures
from intake.file_parts import FilePart, Tab, add_part
from intake.models import Application, IntakeMeeting
from intake.preferences_pages import part_of_file
from psp.areas import account, holds
from psp.asking import Question, Rows
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from psp.models import User

SHOWN = 5


def _longest_waiting(reader: User) -> QuerySet[Any]:
    rows = desk.applications_of(reader).filter(state=ApplicationState.SUBMITTED)
    return rows.values_list("id", "submitted_at", *desk_lines.columns("participant__"))[:SHOWN]


LONGEST_WAITING = Question(_longest_waiting)


def new_applications(_request: HttpRequest, look: Rows, first: Rows) -> dict[str, Any]:
    """How many wait for a meeting, and the ones that have waited longest."""
    known = figures(look)
    audit.record_reads_of(Application, [(row[0], row[3]) for row in first], purpose=Purpose.INTAKE)
    return {
        "count": known.new,
        "waits": known.new,
        "oldest": desk.waiting_text(known.oldest) if known.oldest else "",
        "people": [desk_lines.of(row[2:], desk.waiting_text(row[1])) for row in first],
    }


def _week(reader: User) -> dict[str, datetime]:
    begin, end = desk.day_of(reader)
    return {"begin": begin, "end": end, "week": begin + timedelta(days=7)}


def _meetings_today(reader: User, *, begin: datetime, end: datetime, **_later: datetime) -> QuerySet[Any]:
    rows = desk.meetings_between(reader, begin, end)
    return rows.values_list("id", "starts_at", *desk_lines.columns("application__participant__"))[:SHOWN]


MEETINGS_TODAY = Question(_meetings_today, _week)
MEETINGS = Question(
    lambda reader, begin, end, week: desk.meetings_between(reader, begin, week).order_by().values_list("starts_at"),
    _week, of="count(*), count(*) FILTER (WHERE starts_at < %(end)s)",
)  # fmt: skip


def meetings(request: HttpRequest, counts: Rows, first: Rows) -> dict[str, Any]:
    """Intake meetings of today, and how many there are in the seven days from now on."""
    ((week, today),) = counts
    audit.record_reads_of(IntakeMeeting, [(row[0], row[3]) for row in first], purpose=Purpose.INTAKE)
    people = [desk_lines.of(row[2:], desk.moment(row[1], account(request))) for row in first]
    return {"week": week, "today": today, "people": people, "waits": today}


def overdue(request: HttpRequest, look: Rows) -> dict[str, Any]:
    """How many nobody has taken care of for too long, and since when the first of them; no names."""
    known = figures(look)
    since = desk.due(known.late_since, account(request)) if known.late_since else {}
    return {"count": known.late, "waits": known.late, "days": settings.PSP_OVERDUE_DAYS, **since}


def own(_request: HttpRequest, look: Rows) -> dict[str, Any] | None:
    """How many open applications the reader looks after; no card for whoever looks after none."""
    count = figures(look).own
    return {"count": count, "waits": count} if count else None


def register() -> None:
    allowed = holds(Role.COORDINATOR)
    add_part(FilePart("desk/file_wishes.html", part_of_file, Tab.APPLICATION, order=3))
    add_place(Place("desk", _("Today"), "home", "desk:today", allowed, order=0, key="t"))
    add_place(Place("desk", _("Applications"), "document", "desk:applications", allowed, order=10, key="a"))
    add_place(Place("desk", _("Board"), "flag", "desk:board", allowed, order=15, key="b"))
    add_place(Place("desk", _("Intake meetings"), "calendar", "desk:meetings", allowed, order=20, key="i"))
    add_place(Place("desk", _("Enter by phone"), "plus", "desk:enter", allowed, order=25))
    add_card(Card("desk", "desk/cards/applications.html", new_applications, 10, (LOOK, LONGEST_WAITING)))
    add_card(Card("desk", "desk/cards/meetings.html", meetings, 20, (MEETINGS, MEETINGS_TODAY)))
    add_card(Card("desk", "desk/cards/overdue.html", overdue, 5, (LOOK,)))
    add_card(Card("desk", "desk/cards/own.html", own, 12, (LOOK,)))
