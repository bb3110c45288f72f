"""Sessions in words, as the reader's own clock and language have them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from psp.bilingual import reader_language
from psp.calendar_text import long_date, long_datetime, machine_time, relative_days, zone_name
from sessions.choices import SessionState
from sessions.models import GroupSession

TAG_KINDS = {SessionState.SCHEDULED: "active", SessionState.HELD: "success", SessionState.CANCELLED: "neutral"}


def line(session: GroupSession, tz: str) -> dict[str, Any]:
    """One session for a list or a heading, in the time zone `tz`."""
    return {
        "id": session.pk,
        "number": session.number,
        "group": session.group.name,
        "when": long_datetime(session.starts_at, tz, reader_language()),
        "when_iso": machine_time(session.starts_at),
        "relative": relative(session.starts_at, tz),
        "state": session.get_state_display(),
        "tag_kind": TAG_KINDS[SessionState(session.state)],
    }


def relative(moment: datetime, tz: str) -> str:
    """ "Today", "in 3 days", "yesterday" on the reader's calendar."""
    zone = ZoneInfo(tz)
    words = relative_days(moment.astimezone(zone).date(), timezone.now().astimezone(zone).date(), reader_language())
    return words[:1].upper() + words[1:]


def zone(tz: str, moment: datetime) -> str:
    return zone_name(tz, reader_language(), moment)


def day(moment: datetime, tz: str) -> str:
    """The day of a moment on the reader's calendar, to stand inside a sentence."""
    return long_date(moment.astimezone(ZoneInfo(tz)).date(), reader_language(), article=False)
