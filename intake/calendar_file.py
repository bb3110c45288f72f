"""A calendar file for one meeting, made only when the person asks for it. It tells a stranger nothing ([domain] 25).

A household calendar may be shared, so there is no place, no link, no description and no name.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from contact.smtp import neutral_domain
from intake.choices import MeetingState
from intake.models import IntakeMeeting
from psp import ics

CONTENT_TYPE = ics.CONTENT_TYPE


def file_name() -> str:
    return _("appointment") + ".ics"


def calendar_file(meeting: IntakeMeeting, now: datetime) -> bytes:
    """The appointment, or its cancellation."""
    event = ics.Event(
        uid=uid(meeting), starts_at=meeting.starts_at, ends_at=meeting.ends_at, title=_("Appointment"),
        sequence=meeting.revision, changed_at=now, cancelled=meeting.state != MeetingState.SET,
    )  # fmt: skip
    return ics.single(event, organizer())


def uid(meeting: IntakeMeeting) -> str:
    return ics.uid_of(meeting.pk, neutral_domain())


def organizer() -> str:
    """The neutral sender of every message."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
