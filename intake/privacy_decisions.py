"""What is held about a person from their meeting and on the waiting list. What others asked to be kept apart is not
told: it would put them in danger ([NH] rule 24)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from intake.choices import NeedCode, PriorityReason, Service, WaitingState
from intake.models import MeetingNotes, WaitingPlace
from privacy.holdings import Both, Line, Record, Section, add_section, earlier_of_each, past_of
from psp.models import User

FROM = _("From")


def waiting(person: User) -> Iterable[Record]:
    for row in WaitingPlace.objects.filter(participant__user=person).order_by("since", "pk"):
        yield _waits(row)


def _waits(row: Any) -> list[Line]:
    return [
        Line(_("Service"), Service(row.service).label), Line(_("Since"), row.since),
        Line(_("State"), WaitingState(row.state).label),
        Line(_("Comes first"), PriorityReason(row.priority).label if row.priority else None),
        Line(_("Until"), row.priority_until),
    ]  # fmt: skip


def waiting_before(person: User) -> Iterable[Record]:
    rows = past_of(WaitingPlace.objects.filter(participant__user=person))
    return earlier_of_each(rows, dict.fromkeys(("state", "since", "priority", "priority_until")), FROM, _waits)


def notes(person: User) -> Iterable[Record]:
    rows = MeetingNotes.objects.filter(person=person).select_related("meeting", "guide")
    for row in rows.order_by("meeting__starts_at"):
        yield _covered(row)


def _covered(row: Any) -> list[Line]:
    steps = {item["code"]: Both(item["text_en"], item["text_fr"]) for item in row.guide.steps}
    return [
        Line(_("Intake meeting"), row.meeting.starts_at),
        Line(_("Steps that were covered"), [steps[code] for code in row.covered if code in steps]),
        Line(_("What would make it easier to take part"), [NeedCode(code).label for code in row.needs]),
        Line(_("In a few words"), row.needs_line),
    ]


def notes_before(person: User) -> Iterable[Record]:
    rows = past_of(MeetingNotes.objects.filter(person=person)).select_related("meeting", "guide")
    return earlier_of_each(rows, dict.fromkeys(("covered", "needs", "needs_line")), FROM, _covered)


def register() -> None:
    notes_title, waiting_title = _("Notes of your intake meeting, earlier"), _("Your places in line, earlier")
    for section in (
        Section("meeting_notes_before", notes_title, notes_before, frozenset(), order=46),
        Section("waiting_before", waiting_title, waiting_before, frozenset(), order=47),
        Section(
            "meeting_notes", _("Notes of your intake meeting"), notes, frozenset({"intake.meetingnotes"}), order=46
        ),
        Section("waiting", _("Your places on the waiting list"), waiting, frozenset({"intake.waitingplace"}), order=47),
    ):
        add_section(section)
