"""Keeping what was covered and noted in an intake meeting, as it is said."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.choices import MeetingState, NeedCode
from intake.models import IntakeMeeting, MeetingGuide, MeetingNotes
from intake.rules_meeting import taken_in
from intake.services_change import opened
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError
from psp.models import User


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a page showed or sends: codes of steps and of needs, and the one line."""

    covered: Collection[str] = ()
    needs: Collection[str] = ()
    needs_line: str = ""


def notes_of(meeting: IntakeMeeting) -> MeetingNotes:
    """What was noted so far; unsaved and empty, with the steps in force, where nothing was."""
    found: MeetingNotes | None = MeetingNotes.objects.filter(meeting=meeting).select_related("guide").first()
    return found or MeetingNotes(
        meeting=meeting, person_id=meeting.application.participant.user_id, guide=MeetingGuide.objects.in_force()
    )


@transaction.atomic
def keep_notes(*, meeting: IntakeMeeting, sent: Ticked, seen: Ticked, by: User) -> MeetingNotes:
    """Keep what changed between `seen`, which the page showed, and `sent`. Unknown codes are left out.

    Ticks of somebody else who has the same page open stay. DomainError: `meeting_over` for a meeting that was missed
    or cancelled; Conflict `other_line` where both wrote the line.
    """
    opened(meeting.application, by, None)
    meeting = IntakeMeeting.objects.select_related("application__participant").get(pk=meeting.pk)
    if meeting.state not in (MeetingState.SET, MeetingState.HELD):
        raise DomainError(_("This meeting did not take place. Set another one first."), code="meeting_over")
    notes = notes_of(meeting)
    covered = taken_in(kept=notes.covered, seen=seen.covered, sent=sent.covered)
    needs = taken_in(kept=notes.needs, seen=seen.needs, sent=sent.needs)
    notes.covered = [item["code"] for item in notes.guide.steps if item["code"] in covered]
    notes.needs = [code for code in NeedCode.values if code in needs]
    notes.needs_line, notes.changed_at = _line(notes.needs_line, seen.needs_line, sent.needs_line), timezone.now()
    notes.save()
    audit.record(Action.CHANGE, notes, person=notes.person_id, purpose=Purpose.INTAKE, fields=("covered", "needs"))
    return notes


def _line(kept: str, seen: str, sent: str) -> str:
    """Words cannot be put together by a program, so whoever wrote second is asked."""
    sent = sent.strip()
    if sent == seen.strip():
        return kept
    if kept not in (seen.strip(), sent):
        message = _("Somebody wrote this line meanwhile: “%(line)s”. Put both into one, then keep it.")
        raise Conflict(message % {"line": kept}, code="other_line", field="needs_line")
    return sent
