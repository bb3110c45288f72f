"""What the person's own pages say about their application, in sentences. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, When
from django.utils.translation import gettext as _

from intake.choices import REASON_LABELS, ApplicationState, MeetingPlace, MeetingState, Modality, Service
from intake.models import Application, IntakeMeeting, Participant, Referral
from intake.next_steps import Where
from intake.rules import Answers, CriterionCode
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.bilingual import reader_language
from psp.calendar_text import long_date, long_datetime, machine_time
from psp.choices import Kind, Language, Role
from psp.content import in_language
from psp.models import User

TAG_KINDS: dict[str, str] = {
    ApplicationState.SUBMITTED: "active", ApplicationState.MEETING_SET: "active", ApplicationState.ACCEPTED: "success",
    ApplicationState.DEFERRED: "active", ApplicationState.REFERRED: "neutral", ApplicationState.DECLINED: "neutral",
    ApplicationState.WITHDRAWN: "neutral",
}  # fmt: skip


# The person may ask that the decision be looked at again.
ASK_AGAIN = (ApplicationState.DEFERRED, ApplicationState.REFERRED, ApplicationState.DECLINED)


def when(moment: Any, user: User) -> str:
    """A moment in words, on the clock where the person lives."""
    return long_datetime(moment, user.time_zone, reader_language())


def last_application(participant: Participant) -> Application | None:
    rows = participant.applications.select_related("version", "decided_by", "decision_version")
    # A file that took up another one may have an older application that still stands: that one counts.
    ended = Q(state__in=[ApplicationState.DECLINED, ApplicationState.WITHDRAWN])
    found: Application | None = rows.order_by(
        Case(When(ended, then=2), When(state=ApplicationState.ACCEPTED, then=1), default=0), "-submitted_at"
    ).first()
    return found


def meeting_of(application: Application) -> IntakeMeeting | None:
    found: IntakeMeeting | None = application.meetings.filter(state=MeetingState.SET).first()
    return found


def without_anybody(meeting: IntakeMeeting) -> bool:
    """Whether its coordinator has left or lost the region, and no colleague has taken it yet."""
    return IntakeMeeting.objects.unattended().filter(pk=meeting.pk).exists()


def where(application: Application | None, meeting: IntakeMeeting | None, user: User) -> Where:
    """The facts from which the first line is made."""
    if application is None:
        return Where()
    if meeting is None:
        return Where(state=application.state)
    moment = on(when(meeting.starts_at, user))
    by_phone, held = meeting.place == MeetingPlace.PHONE, not without_anybody(meeting)
    return Where(state=application.state, meeting=moment, by_phone=by_phone, held=held)


def on(moment: str) -> str:
    """English needs a word before a date; French has its article in it."""
    return moment if reader_language() == "fr" else f"on {moment}"


def events(application: Application, user: User) -> list[dict[str, Any]]:
    """What happened with this application, oldest first, as the component `timeline` takes it."""
    found = [(application.submitted_at, _("We received your application"))]
    sentences = {
        MeetingState.SET: _("You meet a coordinator"),
        MeetingState.HELD: _("You met a coordinator"),
        MeetingState.MISSED: _("A meeting did not take place"),
        MeetingState.CANCELLED: _("A meeting was cancelled"),
    }
    found += [(one.starts_at, sentences[MeetingState(one.state)]) for one in application.meetings.all()]
    if application.decided_at:
        found.append((application.decided_at, _("The decision was made")))
    if application.state == ApplicationState.WITHDRAWN:
        found.append((application.last_action_at, _("You took back your application")))
    return [
        {"when": when(moment, user), "when_iso": machine_time(moment), "what": what} for moment, what in sorted(found)
    ]


def answer_rows(application: Application) -> list[dict[str, str]]:
    """The answers as they were given, under the questions of the version that asked them ([PIA] rule 7)."""
    answers, wording = Answers(**application.answers), application.version.wording
    labels = {item["code"]: in_language(item, "label", reader_language()) for item in wording["affiliations"]}
    values: dict[str, str | bool | None] = {
        CriterionCode.AFFILIATION: labels.get(answers.affiliation or "", ""), CriterionCode.ADULT: answers.adult,
        CriterionCode.EXPERIENCED: answers.experienced, CriterionCode.DEVICE: answers.has_device,
        CriterionCode.MEETING: answers.agrees_to_meeting,
    }  # fmt: skip
    said: dict[str | bool | None, str] = {True: _("Yes"), False: _("No"), None: _("No answer")}
    rows = [
        {
            "label": in_language(item, "question", reader_language()),
            "value": said.get(values[item["code"]], str(values[item["code"]])),
        }
        for item in wording["criteria"]
    ]
    wanted = ", ".join(str(Service(code).label) for code in application.services)
    return [*rows, {"label": _("What interests you?"), "value": wanted}]


def file_rows(participant: Participant) -> list[dict[str, str]]:
    """What else the file holds from the application. How the person is reached is on their contact page."""
    ways = ", ".join(str(Modality(code).label) for code in participant.modalities)
    user = participant.user
    return [
        {"label": _("What should we call you?"), "value": user.name},
        {"label": _("E-mail address"), "value": user.sealed_email or _("No answer")},
        {"label": _("Where do you live?"), "value": str(participant.region)},
        {"label": _("How could you take part?"), "value": ways or _("No answer")},
        {"label": _("Which language do you prefer?"), "value": str(Language(user.language).label)},
    ]


def decision_words(application: Application) -> dict[str, Any] | None:
    """What was decided, why, by whom and under which version; None before a decision."""
    if not application.decided_at or application.decided_by is None:
        return None
    return {
        "outcome": application.state,
        "accepted": [Service(code).label for code in application.accepted_for],
        "reasons": [REASON_LABELS[code] for code in application.decision_reasons],
        "referred": list(Referral.objects.filter(code__in=application.referred_to)) if application.referred_to else [],
        "look_again": long_date(application.look_again_on, reader_language()) if application.look_again_on else "",
        "may_ask_again": application.state in ASK_AGAIN,
        "version": application.decision_version.number if application.decision_version else "",
        "by": who(application.decided_by),
    }


# --- Who opened my file ---


def openings(participant: Participant, *, with_own: bool) -> Any:
    """The access log about this person, newest first; own visits only if asked for."""
    entries = Entry.objects.filter(person=participant.user_id).order_by("-at", "-id")
    return entries if with_own else entries.exclude(actor=participant.user_id, action=Action.READ)


def describe(entries: Iterable[Entry], user: User) -> list[dict[str, str]]:
    """Each entry as the person reads it: when, who, what, why."""
    listed = list(entries)
    people = User.objects.prefetch_related("roles").in_bulk({entry.actor for entry in listed if entry.actor})
    return [
        {"when": when(entry.at, user), "who": _who_did(entry, user, people), "what": _what(entry),
         "why": str(Purpose(entry.purpose).label)}
        for entry in listed
    ]  # fmt: skip


# In an entry: all that was seen of this file is that it exists, because another one has the same number.
NUMBER_KNOWN = "number_known"


def _what(entry: Entry) -> str:
    """A try that was refused showed nothing; the word alone would leave that open."""
    if entry.fields == NUMBER_KNOWN:
        return _("Saw that a file somewhere has the same phone number, and nothing else")
    return _("Tried to open it, and was refused") if entry.action == Action.DENIED else str(Action(entry.action).label)


def _who_did(entry: Entry, user: User, people: dict[UUID, User]) -> str:
    if entry.actor == user.pk:
        return _("You")
    if entry.actor is None:
        return _("The application form") if entry.action == Action.CREATE else _("The program's computer")
    actor = people.get(entry.actor)
    return who(actor, user.participant.program_region_id) if actor else _("An account that is closed")


def who(actor: User, region: str = "") -> str:
    """A team member's role, with the name that they go by. `region`: code of the person's own program region."""
    assigned = {assignment.role: assignment.region_id for assignment in actor.roles.all()}
    here = {assignment.region_id for assignment in actor.roles.all() if assignment.role == Role.COORDINATOR}
    known = [role for role in Role if role in assigned]
    role = str(known[0].label if known else Kind(actor.kind).label)
    if here:
        role = _("Coordinator for your region") if not region or region in here else _("Coordinator of another region")
    # A participant who tried an address of the desk is nobody's to know.
    return f"{role} ({actor.name})" if actor.name and actor.kind != Kind.PARTICIPANT else role
