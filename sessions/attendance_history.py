"""How a note on somebody's attendance came to be what it is: the answer, by whom, when. Nothing else is kept of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psp.bilingual import reader_language
from psp.calendar_text import long_datetime, machine_time
from psp.models import User
from sessions.choices import AttendanceStatus
from sessions.models import Attendance, GroupSession

Change = dict[str, Any]


def changes(session: GroupSession, tz: str) -> dict[UUID, list[Change]]:
    """Participant → every answer that was noted of them, the first one first, where it was changed at all."""
    rows = Attendance.history.filter(session=session, history_type__in=("+", "~")).order_by("history_date")
    found: dict[UUID, list[tuple[str, Any, UUID]]] = {}
    for person, status, at, by in rows.values_list("participant_id", "status", "recorded_at", "recorded_by_id"):
        noted = found.setdefault(person, [])
        if not noted or noted[-1][0] != status:
            noted.append((status, at, by))
    changed = {person: noted for person, noted in found.items() if len(noted) > 1}
    names = User.objects.in_bulk({by for noted in changed.values() for _status, _at, by in noted})
    return {
        person: [_line(status, at, names[by].name, tz) for status, at, by in noted]
        for person, noted in changed.items()
    }  # fmt: skip


def _line(status: str, at: Any, by: str, tz: str) -> Change:
    return {
        "status": AttendanceStatus(status).label, "by": by, "at": long_datetime(at, tz, reader_language()),
        "iso": machine_time(at),
    }  # fmt: skip
