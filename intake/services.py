"""Intake meetings, decisions, withdrawals. The arrival of an application is in `intake.sending`.

`revision` is the number that the page showed; None leaves the comparison out (scripts, the person's own pages).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.choices import ConsentPurpose
from consent.models import Consent
from contact.services import cancel_messages, queue_message
from intake.choices import ApplicationState, DecisionReason, MeetingState, Service
from intake.models import Application, IntakeMeeting, place_of
from intake.permissions import (
    can_cancel_meeting,
    can_handle_application,
    can_withdraw_application,
    may_become,
)
from intake.rules import Answers, assess
from intake.sending import (
    ContactWishes,
    Sending,
    Signing,
    apply_again,
    check,
    count_ineligible,
    submit_application,
    version_in_force,
)
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User

__all__ = [
    "ContactWishes", "Sending", "Signing", "accept", "apply_again", "cancel_meeting", "check", "correct_answers",
    "count_ineligible", "decline", "move_meeting", "record_missed_meeting", "set_meeting", "submit_application",
    "version_in_force", "withdraw_application",
]  # fmt: skip

MEETING_MINUTES = 45
DECISION_USEFUL_FOR = timedelta(days=30)
# Constraints that refuse a second meeting at one time.
TAKEN = ("meeting_coordinator_free", "coordinator_one_at_a_time")
TELLS_TIME = ("meeting_set", "meeting_moved")


# --- What every change begins and ends with ---


def _locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("participant__user")
    return rows.get(pk=application.pk)  # type: ignore[no-any-return]


def _opened(
    application: Application, by: User, revision: int | None,
    allowed: Callable[[User, Application], bool] = can_handle_application,
) -> Application:  # fmt: skip
    """The locked row, once it is clear that `by` may change it and saw its present state."""
    fresh = _locked(application)
    require(allowed(by, fresh), allowed.__name__)
    if revision is not None and fresh.revision != revision:
        raise Conflict(
            _("Somebody changed this application a moment ago. Look at it as it is now, then try again."), code="stale"
        )
    return fresh


def _check_way(application: Application, state: ApplicationState) -> None:
    if not may_become(application, state):
        raise DomainError(
            _("This application is not at that point any more. Look at it as it is now."), code="wrong_state"
        )


def _become(application: Application, state: ApplicationState, **changes: Any) -> None:
    """Write the new state and note it. The caller has checked the way."""
    application.state = state
    for name, value in changes.items():
        setattr(application, name, value)
    application.revision += 1
    application.last_action_at = timezone.now()
    application.save()
    audit.record(
        Action.CHANGE, application, person=application.person_id, purpose=Purpose.INTAKE, fields=("state", *changes)
    )


def _standing_meeting(application: Application) -> IntakeMeeting | None:
    return application.meetings.filter(state=MeetingState.SET).first()


# --- The intake meeting ([PIA] rule 5) ---


@transaction.atomic
def set_meeting(
    *, application: Application, starts_at: datetime, by: User, minutes: int = MEETING_MINUTES,
    revision: int | None = None,
) -> IntakeMeeting:  # fmt: skip
    """Set the meeting with `by` and tell the person.

    DomainError: `meeting_in_past`, `coordinator_busy`, `wrong_state`.
    """
    application = _opened(application, by, revision)
    _check_way(application, ApplicationState.MEETING_SET)
    _check_time(starts_at)
    meeting = IntakeMeeting(application=application, coordinator=by, place=place_of(by))
    _write_time(meeting, starts_at, minutes)
    _become(application, ApplicationState.MEETING_SET)
    _announce(meeting, "meeting_set", application.revision)
    return meeting


@transaction.atomic
def move_meeting(
    *, meeting: IntakeMeeting, starts_at: datetime, by: User, minutes: int | None = None, revision: int | None = None
) -> IntakeMeeting:
    """Give a set meeting another time and tell the person. DomainError as `set_meeting`, and `meeting_over`."""
    application = _opened(meeting.application, by, revision)
    meeting = _still_set(meeting, application)
    _check_time(starts_at)
    length = (meeting.ends_at - meeting.starts_at) // timedelta(minutes=1) if minutes is None else minutes
    _write_time(meeting, starts_at, length)
    _become(application, ApplicationState.MEETING_SET)
    cancel_messages(key_prefix=f"meeting|{meeting.pk}|")
    _announce(meeting, "meeting_moved", application.revision)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: IntakeMeeting, by: User, revision: int | None = None) -> IntakeMeeting:
    """Take the meeting back; the application returns to the list.

    The person may do it too, without a reason, when the time does not suit. Otherwise they are told.
    """
    application = _opened(meeting.application, by, revision, can_cancel_meeting)
    meeting = _still_set(meeting, application)
    meeting.own_changes += by.pk == application.person_id
    _end_meeting(meeting, MeetingState.CANCELLED)
    _become(application, ApplicationState.SUBMITTED)
    if by.pk != application.person_id:
        _announce(meeting, "meeting_cancelled", application.revision)
    return meeting


@transaction.atomic
def record_missed_meeting(*, meeting: IntakeMeeting, by: User, revision: int | None = None) -> IntakeMeeting:
    """The person did not come. The application returns to the list, and a gentle message says that this is fine."""
    application = _opened(meeting.application, by, revision)
    meeting = _still_set(meeting, application)
    if meeting.starts_at > timezone.now():
        raise DomainError(_("This meeting has not begun yet."), code="meeting_not_begun")
    _end_meeting(meeting, MeetingState.MISSED)
    _become(application, ApplicationState.SUBMITTED)
    _announce(meeting, "meeting_missed", application.revision)
    return meeting


def _check_time(starts_at: datetime) -> None:
    if starts_at <= timezone.now():
        raise DomainError(_("Choose a time that is still to come."), code="meeting_in_past", field="starts_at")


def _write_time(meeting: IntakeMeeting, starts_at: datetime, minutes: int) -> None:
    meeting.give_time(starts_at, minutes)
    with _coordinator_free():
        meeting.save()


@contextmanager
def _coordinator_free() -> Iterator[None]:
    """The database's exclusion constraint is the judge; this gives its refusal a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint_name(error) not in TAKEN:
            raise
        raise DomainError(
            _("You have another intake meeting at that time, or a short call. Choose another time."),
            code="coordinator_busy", field="starts_at",
        ) from error  # fmt: skip


def _still_set(meeting: IntakeMeeting, application: Application) -> IntakeMeeting:
    """The meeting as it is now; the application's lock keeps it so."""
    fresh: IntakeMeeting = application.meetings.get(pk=meeting.pk)
    if fresh.state != MeetingState.SET:
        raise DomainError(_("This meeting is not set any more. Look at it as it is now."), code="meeting_over")
    return fresh


def _end_meeting(meeting: IntakeMeeting, state: MeetingState) -> None:
    meeting.state = state
    meeting.revision += 1
    meeting.save()
    cancel_messages(key_prefix=f"meeting|{meeting.pk}|")


def _announce(meeting: IntakeMeeting, template: str, revision: int) -> None:
    """Tell the person; news of a set time is of no use once it has begun."""
    context, useful_until = {"meeting": str(meeting.pk)}, None
    if template in TELLS_TIME:
        context["at"], useful_until = meeting.starts_at.isoformat(), meeting.starts_at
    queue_message(
        person=meeting.application.participant.user, template=template, context=context,
        key=f"meeting|{meeting.pk}|{template}|{revision}", useful_until=useful_until,
    )  # fmt: skip


# --- Decisions ([PIA] rule 7) ---


@transaction.atomic
def correct_answers(
    *, application: Application, answers: Answers, by: User, revision: int | None = None
) -> Application:
    """Write down what the person said in the meeting where the form has it wrong. The history keeps both."""
    application = _opened(application, by, revision)
    if application.state not in (ApplicationState.SUBMITTED, ApplicationState.MEETING_SET):
        raise DomainError(_("This application is decided. Its answers do not change any more."), code="wrong_state")
    application.answers = asdict(answers)
    application.revision += 1
    application.save()
    audit.record(Action.CHANGE, application, person=application.person_id, purpose=Purpose.INTAKE, fields=("answers",))
    return application


@transaction.atomic
def accept(
    *, application: Application, services: Collection[str], by: User, revision: int | None = None
) -> Application:
    """Accept for these services; the intake meeting counts as held ([PIA] rules 5 and 7).

    DomainError: `wrong_state` without a meeting, `no_service`, `not_eligible` under the version of today,
    `no_consent`.
    """
    application = _opened(application, by, revision)
    _check_way(application, ApplicationState.ACCEPTED)
    chosen = [service for service in Service.values if service in services]
    if not chosen:
        raise DomainError(_("Choose at least one service."), code="no_service", field="services")
    version = version_in_force()
    if not assess(Answers(**application.answers), version.rules, services=chosen).eligible:
        raise DomainError(
            _("By the answers in this application, one of the criteria is not met. Correct the answers with the"
              " person, or do not accept."), code="not_eligible",
        )  # fmt: skip
    if not Consent.objects.in_force(application.person_id, ConsentPurpose.TAKING_PART):
        raise DomainError(_("This person has not signed the consent to taking part."), code="no_consent")
    _close_meeting(application, MeetingState.HELD)
    _decide(application, ApplicationState.ACCEPTED, by, decision_version=version, accepted_for=chosen)
    return application


@transaction.atomic
def decline(
    *, application: Application, reasons: Collection[str], by: User, revision: int | None = None
) -> Application:
    """Do not accept, with the criteria that are not met; the person reads them ([PIA] rule 7).

    DomainError: `no_reason`, `wrong_state`.
    """
    application = _opened(application, by, revision)
    _check_way(application, ApplicationState.DECLINED)
    named = [reason for reason in DecisionReason.values if reason in reasons]
    if not named:
        raise DomainError(_("Choose at least one reason. The person will read it."), code="no_reason", field="reasons")
    meeting = _standing_meeting(application)
    begun = meeting is not None and meeting.starts_at <= timezone.now()
    _close_meeting(application, MeetingState.HELD if begun else MeetingState.CANCELLED)
    _decide(application, ApplicationState.DECLINED, by, decision_version=version_in_force(), decision_reasons=named)
    return application


def _close_meeting(application: Application, state: MeetingState) -> None:
    meeting = _standing_meeting(application)
    if meeting is not None:
        _end_meeting(meeting, state)


def _decide(application: Application, state: ApplicationState, by: User, **decision: Any) -> None:
    now = timezone.now()
    _become(application, state, decided_at=now, decided_by=by, **decision)
    queue_message(
        person=application.participant.user, template="decision_ready", key=f"decision|{application.pk}", context={},
        useful_until=now + DECISION_USEFUL_FOR,
    )  # fmt: skip


# --- Withdrawal ---


@transaction.atomic
def withdraw_application(*, application: Application, by: User) -> Application:
    """Take an application back: at once, without a reason, as often as asked ([NH Annex F] rule 22)."""
    application = _locked(application)
    require(can_withdraw_application(by, application), "withdraw_application")
    if application.state == ApplicationState.WITHDRAWN:
        return application
    _check_way(application, ApplicationState.WITHDRAWN)
    _close_meeting(application, MeetingState.CANCELLED)
    cancel_messages(key_prefix=f"received|{application.pk}")
    cancel_messages(key_prefix=f"decision|{application.pk}")
    _become(application, ApplicationState.WITHDRAWN)
    return application
