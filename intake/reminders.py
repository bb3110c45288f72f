"""The reminder of an intake meeting, a day before. Through the outbox, under a key that makes it one.

Moving and cancelling take it back with the meeting's other messages (same beginning of the key), and whether the
meeting still stands is asked again when it is sent (`intake.leaving.meeting_stands`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from contact.models import OutboxMessage
from contact.services import queue_message
from intake.choices import MeetingState
from intake.models import IntakeMeeting

BEFORE = timedelta(hours=24)
# Whoever booked so late has the confirmation in hand; a second message would say the same.
APART = timedelta(hours=12)


def plan_reminders(now: datetime) -> int:
    """Queue the reminders of meetings that begin within a day of `now`, once each; how many are new."""
    soon = IntakeMeeting.objects.filter(state=MeetingState.SET, starts_at__gt=now, starts_at__lte=now + BEFORE)
    # Nobody is reminded of a meeting to which nobody would come: it is reminded of when a colleague has taken it.
    unattended = IntakeMeeting.objects.unattended().values("pk")
    soon = soon.filter(set_at__lte=F("starts_at") - BEFORE - APART).exclude(pk__in=unattended)
    wanted = {reminder_key(meeting): meeting for meeting in soon.select_related("application__participant__user")}
    known = set(OutboxMessage.objects.filter(key__in=wanted).values_list("key", flat=True))
    for key in wanted.keys() - known:
        _queue(wanted[key], key)
    return len(wanted.keys() - known)


def reminder_key(meeting: IntakeMeeting) -> str:
    return f"meeting|{meeting.pk}|reminder|{meeting.revision}"


def _queue(meeting: IntakeMeeting, key: str) -> None:
    queue_message(
        person=meeting.application.participant.user, template="meeting_reminder", key=key,
        context={"meeting": str(meeting.pk), "at": meeting.starts_at.isoformat()}, due_at=meeting.starts_at - BEFORE,
        useful_until=meeting.starts_at,
    )  # fmt: skip
