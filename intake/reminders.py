"""Of which intake meetings people are reminded. Moving and cancelling take a reminder back with the meeting's other
messages (same beginning of the key)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from contact.choices_reminders import Audience
from contact.reminding import About, Narrow, Source
from intake.choices import MeetingState
from intake.models import IntakeMeeting
from psp.models import User
from psp.sight import coordinated_regions

# Whoever booked so late has the confirmation in hand; a second message would say the same.
MEETINGS = """
SELECT meeting.id AS event_id, file.user_id AS person_id, 'meeting' AS kind, 'member' AS audience, meeting.starts_at,
       meeting.revision, meeting.set_at + interval '12 hours' AS told_at
FROM intake_intakemeeting meeting
JOIN intake_application application ON application.id = meeting.application_id
JOIN intake_participant file ON file.id = application.participant_id
WHERE meeting.state = '{state}' AND {narrow} AND meeting.id NOT IN ({unattended})
"""


def events(narrow: Narrow) -> tuple[str, list[Any]]:
    """Nobody is reminded of a meeting to which nobody would come: it is reminded of when a colleague has taken it."""
    where, values = narrow.where("meeting.id", "meeting.starts_at")
    near = IntakeMeeting.objects.unattended()
    near = near.filter(pk__in=narrow.events) if narrow.events else near.filter(starts_at__gt=narrow.after)
    unattended, more = near.order_by().values("pk").query.sql_with_params()
    return MEETINGS.format(state=MeetingState.SET, narrow=where, unattended=unattended), [*values, *more]


def about(ids: Collection[UUID], reader: User) -> dict[UUID, About]:
    found = IntakeMeeting.objects.filter(pk__in=ids).values_list("pk", "application__participant__program_region")
    regions, name = coordinated_regions(reader), _("First meeting")
    return {pk: About(name, reverse("desk:meeting", args=[pk]) if at in regions else "") for pk, at in found}


SOURCE = Source(
    name="meeting", key="meeting|{event}|reminder|{rule}|{person}|{revision}",
    templates={Audience.MEMBER: "meeting_reminder"}, events=events, about=about,
)  # fmt: skip
