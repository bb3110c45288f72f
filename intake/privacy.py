"""What this app holds about a person: the file, the applications, the intake meetings."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from intake.choices import REASON_LABELS, ApplicationState, MeetingPlace, MeetingState, Modality, Service
from intake.file_parts import FilePart, Tab, add_part
from intake.models import Application, EligibilityVersion, IntakeMeeting, Participant, Referral
from intake.rules import Affiliation
from privacy.choices import RequestKind
from privacy.holdings import Both, Line, Record, Section, add_section, earlier, earlier_of_each, past_of
from privacy.models import RightsRequest
from privacy.people import role_of
from privacy.words import request_row
from psp.models import User

ANSWERS = {
    "affiliation": "affiliation", "adult": "adult", "experienced": "experienced", "has_device": "device",
    "agrees_to_meeting": "meeting",
}  # fmt: skip


def file(person: User) -> Iterable[Record]:
    for row in Participant.objects.visible_to(person).filter(user=person).select_related("region", "program_region"):
        yield _file(row)


def _file(row: Any) -> list[Line]:
    return [
        Line(_("Reference"), row.reference), Line(_("File opened"), row.created_at),
        Line(_("Where you live"), Both(row.region.name_en, row.region.name_fr)),
        Line(_("Region of the program"), Both(row.program_region.name_en, row.program_region.name_fr)),
        Line(_("How you could take part"), [Modality(code).label for code in row.modalities]),
    ]  # fmt: skip


def file_before(person: User) -> Iterable[Record]:
    rows = past_of(Participant.objects.filter(user=person)).select_related("region", "program_region")
    return earlier_of_each(rows, dict.fromkeys(("region_id", "program_region_id", "modalities")), _("From"), _file)


def applications(person: User) -> Iterable[Record]:
    rows = Application.objects.filter(participant__user=person).select_related("version", "decided_by")
    for row in rows.order_by("submitted_at"):
        yield [*_sent(row), *_answers(row.version, row.answers), *_decided(row)]


def _sent(row: Application) -> list[Line]:
    return [
        Line(_("Sent"), row.submitted_at), _state(row), Line(_("Criteria used, version"), row.version.number),
        Line(_("Privacy notice, version"), row.notice_version), _services(row),
    ]  # fmt: skip


def _state(row: Any) -> Line:
    return Line(_("State"), ApplicationState(row.state).label)


def _services(row: Any) -> Line:
    return Line(_("What interests you"), [Service(code).label for code in row.services])


def _answers(version: EligibilityVersion, answers: dict[str, Any]) -> list[Line]:
    """Under the questions of the version that asked them."""
    questions = {item["code"]: item for item in version.wording["criteria"]}
    labels = {item["code"]: item for item in version.wording["affiliations"]}
    return [
        Line(_both(questions[code], "question"), _said(answers.get(name), labels))
        for name, code in ANSWERS.items() if code in questions
    ]  # fmt: skip


def _said(answer: Any, labels: dict[str, Any]) -> Any:
    return _both(labels[answer], "label") if answer in set(Affiliation) & labels.keys() else answer


def _both(item: dict[str, Any], key: str) -> Both:
    return Both(item[f"{key}_en"], item[f"{key}_fr"])


def _named(row: Application) -> Iterable[Referral]:
    return Referral.objects.filter(code__in=row.referred_to) if row.referred_to else ()


def _decided(row: Application) -> list[Line]:
    if row.decided_at is None:
        return []
    return [
        Line(_("Decided"), row.decided_at),
        Line(_("Decided by"), role_of(row.decided_by) if row.decided_by else None),
        Line(_("Accepted for"), [Service(code).label for code in row.accepted_for]),
        Line(_("Reasons"), [REASON_LABELS.get(code, code) for code in row.decision_reasons]),
        Line(_("Services named to you"), [Both(one.name_en, one.name_fr) for one in _named(row)]),
        Line(_("Day on which we look again"), row.look_again_on),
    ]


def applications_before(person: User) -> Iterable[Record]:
    told = dict.fromkeys(("state", "answers", "services"))
    rows = Application.objects.filter(participant__user=person).select_related("version")
    for row in rows.order_by("submitted_at"):
        said = partial(_stood, row.version)
        yield from earlier(row.history.order_by("history_id"), told, _("From"), said)


def _stood(version: EligibilityVersion, then: Any) -> list[Line]:
    return [_state(then), *_answers(version, then.answers), _services(then)]


def meetings(person: User) -> Iterable[Record]:
    rows = IntakeMeeting.objects.filter(application__participant__user=person).select_related("coordinator")
    for row in rows.order_by("starts_at"):
        yield [*_met(row), Line(_("With"), role_of(row.coordinator))]


def _met(row: Any) -> list[Line]:
    return [
        Line(_("Begins"), row.starts_at), Line(_("Ends"), row.ends_at), Line(_("State"), MeetingState(row.state).label),
        Line(_("How you meet"), MeetingPlace(row.place).label if row.place else None), Line(_("Set"), row.set_at),
    ]  # fmt: skip


def meetings_before(person: User) -> Iterable[Record]:
    rows = past_of(IntakeMeeting.objects.filter(application__participant__user=person))
    return earlier_of_each(rows, dict.fromkeys(("starts_at", "ends_at", "state", "place")), _("From"), _met)


def corrections_of(participant: Participant, _reader: User) -> dict[str, Any] | None:
    """For the person's file: a note beside a refusal is seen by whoever opens it."""
    rows = RightsRequest.objects.filter(person_id=participant.user_id, kind=RequestKind.CORRECTION)
    return {"requests": [request_row(row) for row in rows]} if rows else None


def register() -> None:
    add_part(FilePart("privacy/desk/file_part.html", corrections_of, Tab.FILES, order=80))
    for section in (
        Section("file", _("Your file"), file, frozenset({"intake.participant"}), order=15),
        Section("file_before", _("Your file, earlier"), file_before, frozenset(), order=15),
        Section("applications", _("Your applications"), applications, frozenset({"intake.application"}), order=40),
        Section("applications_before", _("Your applications, earlier"), applications_before, frozenset(), order=41),
        Section("meetings_before", _("Your intake meetings, earlier"), meetings_before, frozenset(), order=45),
        Section("meetings", _("Your intake meetings"), meetings, frozenset({"intake.intakemeeting"}), order=45),
    ):
        add_section(section)
