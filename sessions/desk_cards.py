"""What sessions add to the desk: the seven days to come, and attendance in a person's file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from groups.models import PeerGroup
from intake.file_parts import FilePart, Tab, add_part
from intake.models import Participant
from psp.areas import account
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
    add_card(Card("desk", "sessions/coming_card.html", coming, order=35))
    add_part(FilePart("sessions/file_part.html", attendance_of, Tab.GROUPS, order=20))


def coming(request: HttpRequest) -> dict[str, Any]:
    """Sessions of the coordinator's regions in the seven days from now on, the next ones by name."""
    reader, now = account(request), timezone.now()
    groups = PeerGroup.objects.in_regions_of(reader)
    rows = GroupSession.objects.filter(group__in=groups).starting_within(now, now + AHEAD)
    first = list(rows.select_related("group").order_by("starts_at")[: SHOWN + 1])
    count = rows.count() if len(first) > SHOWN else len(first)
    return {"count": count, "sessions": [words.line(session, reader.time_zone) for session in first[:SHOWN]]}


def attendance_of(participant: Participant, reader: User) -> dict[str, Any] | None:
    """For a person's file: the last sessions of which it was noted whether they came."""
    rows = Attendance.objects.filter(participant=participant).select_related("session__group")
    noted = [
        {"line": words.line(row.session, reader.time_zone), "status": row.get_status_display(),
         "tag": TAG_KINDS[AttendanceStatus(row.status)]}
        for row in rows.order_by("-session__starts_at")[:SHOWN_IN_FILE]
    ]  # fmt: skip
    return {"noted": noted} if noted else None
