"""What sessions add to the desk: the seven days to come, and attendance in a person's file."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from groups.models import PeerGroup
from intake.file_parts import FilePart, Tab, add_part
from intake.models import Participant
from psp.areas import account
from psp.asking import Question, Rows
from psp.bilingual import reader_language
from psp.calendar_text import long_datetime, machine_time
from psp.dashboard import Card, add_card
from psp.models import User
from sessions import words
from sessions.choices import AttendanceStatus
from sessions.models import Attendance, GroupSession

AHEAD = timedelta(days=7)
SHOWN, SHOWN_IN_FILE = 5, 20
TAG_KINDS = {
    AttendanceStatus.PRESENT: "success", AttendanceStatus.LEFT_EARLY: "success",
    AttendanceStatus.LET_US_KNOW: "neutral", AttendanceStatus.ABSENT: "warning",
}  # fmt: skip


def register() -> None:
    add_card(Card("desk", "sessions/coming_card.html", coming, 35, (NEXT, COMING)))
    add_part(FilePart("sessions/file_part.html", attendance_of, Tab.GROUPS, order=20))


def _coming(reader: User, *, now: datetime, until: datetime) -> QuerySet[Any]:
    groups = PeerGroup.objects.in_regions_of(reader)
    return GroupSession.objects.filter(group__in=groups).starting_within(now, until)


def _next(reader: User, **time: datetime) -> QuerySet[Any]:
    rows = _coming(reader, **time).order_by("starts_at")
    return rows.values_list("id", "starts_at", "group__name_en", "group__name_fr")[:SHOWN]


def _ahead(_reader: User) -> dict[str, datetime]:
    now = timezone.now()
    return {"now": now, "until": now + AHEAD}


NEXT = Question(_next, _ahead)
COMING = Question(lambda reader, **time: _coming(reader, **time).order_by().values_list("pk"), _ahead, of="count(*)")


def coming(request: HttpRequest, first: Rows, in_all: Rows) -> dict[str, Any]:
    """Sessions of the coordinator's regions in the seven days from now on, the next ones by name."""
    ((count,),) = in_all
    language, zone = reader_language(), account(request).time_zone
    sessions = [
        {"id": pk, "group": french if language == "fr" else english, "when": long_datetime(at, zone, language),
         "when_iso": machine_time(at)}
        for pk, at, english, french in first
    ]  # fmt: skip
    return {"count": count, "sessions": sessions}


def attendance_of(participant: Participant, reader: User) -> dict[str, Any] | None:
    """For a person's file: the last sessions of which it was noted whether they came."""
    rows = Attendance.objects.filter(participant=participant).select_related("session__group")
    noted = [
        {"line": words.line(row.session, reader.time_zone), "status": row.get_status_display(),
         "tag": TAG_KINDS[AttendanceStatus(row.status)]}
        for row in rows.order_by("-session__starts_at")[:SHOWN_IN_FILE]
    ]  # fmt: skip
    return {"noted": noted} if noted else None
