"""A calendar file for one meeting, made only when the person asks for it. It tells a stranger nothing ([domain] 25).

Written by hand (RFC 5545): six lines of content, none with text that a person typed. A household calendar may be
shared, so there is no place, no link, no description and no name.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parseaddr
from uuid import uuid5

from django.conf import settings
from django.utils.translation import gettext as _

from contact.smtp import neutral_domain
from intake.choices import MeetingState
from intake.models import IntakeMeeting

CONTENT_TYPE = "text/calendar; charset=utf-8"
LINE = 75


def file_name() -> str:
    return _("appointment") + ".ics"


def calendar_file(meeting: IntakeMeeting, now: datetime) -> str:
    """The appointment, or its cancellation: same UID, a later SEQUENCE, so that a calendar replaces or removes it."""
    stands, title = meeting.state == MeetingState.SET, _("Appointment")
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rendez-vous//Appointments//EN",
        f"METHOD:{'PUBLISH' if stands else 'CANCEL'}", "BEGIN:VEVENT", f"UID:{uid(meeting)}",
        f"SEQUENCE:{meeting.revision}", f"DTSTAMP:{_utc(now)}", f"DTSTART:{_utc(meeting.starts_at)}",
        f"DTEND:{_utc(meeting.ends_at)}", f"SUMMARY:{title}", f"ORGANIZER:mailto:{organizer()}",
        f"STATUS:{'CONFIRMED' if stands else 'CANCELLED'}", "CLASS:PRIVATE", "TRANSP:OPAQUE",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def uid(meeting: IntakeMeeting) -> str:
    """The same for every file about this meeting, and no key of ours."""
    return f"{uuid5(meeting.pk, 'calendar')}@{neutral_domain()}"


def organizer() -> str:
    """The neutral sender of every message; a calendar needs one to accept a cancellation."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> str:
    """At most 75 bytes in a line: RFC 5545, 3.1. Our lines are ASCII but for the title, which is short."""
    parts = [line[start : start + LINE - 1] for start in range(0, len(line), LINE - 1)]
    return "\r\n ".join(parts)
