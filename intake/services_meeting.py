"""Keeping what was covered and noted in an intake meeting, as it is said."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.choices import MeetingState, NeedCode
from intake.models import IntakeMeeting, MeetingGuide, MeetingNotes
from intake.services_change import opened
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError
from psp.models import User


def notes_of(meeting: IntakeMeeting) -> MeetingNotes:
    """What was noted so far; unsaved and empty, with the steps in force, where nothing was."""
    found: MeetingNotes | None = MeetingNotes.objects.filter(meeting=meeting).select_related("guide").first()
    return found or MeetingNotes(
        meeting=meeting, person_id=meeting.application.participant.user_id, guide=MeetingGuide.objects.in_force()
    )


@transaction.atomic
def keep_notes(
    *, meeting: IntakeMeeting, covered: Collection[str], needs: Collection[str], needs_line: str, by: User
) -> MeetingNotes:
    """Keep the ticks, the needs and the one line. Unknown codes are left out.

    DomainError: `meeting_over` for a meeting that was missed or cancelled.
    """
    opened(meeting.application, by, None)
    meeting = IntakeMeeting.objects.select_related("application__participant").get(pk=meeting.pk)
    if meeting.state not in (MeetingState.SET, MeetingState.HELD):
        raise DomainError(_("This meeting did not take place. Set another one first."), code="meeting_over")
    notes = notes_of(meeting)
    notes.covered = [item["code"] for item in notes.guide.steps if item["code"] in covered]
    notes.needs = [code for code in NeedCode.values if code in needs]
    notes.needs_line, notes.changed_at = needs_line.strip(), timezone.now()
    notes.save()
    audit.record(Action.CHANGE, notes, person=notes.person_id, purpose=Purpose.INTAKE, fields=("covered", "needs"))
    return notes
