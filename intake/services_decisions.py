"""Decisions about an application, and what takes them back ([PIA] rule 7).

`revision` is the number that the page showed; None leaves the comparison out (scripts, the person's own pages).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from uuid import uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.choices import ConsentPurpose
from consent.models import Consent
from contact.services import cancel_messages, queue_message
from intake.choices import ApplicationState, DecisionReason, LaterReason, MeetingState, Service
from intake.models import Application, EligibilityVersion, Referral
from intake.permissions import can_take_up_application, can_withdraw_application, may_become
from intake.rules import Answers, assess, needs_meeting
from intake.sending import version_in_force
from intake.services_change import become, check_way, close_meeting, locked, opened, standing_meeting
from intake.services_waiting import end_places, lock_participant, open_places
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User

DECISION_USEFUL_FOR = timedelta(days=30)
# "Not now" is for a while, not for ever.
LATEST = timedelta(days=366)


@transaction.atomic
def correct_answers(
    *, application: Application, answers: Answers, by: User, revision: int | None = None
) -> Application:
    """Write down what the person said in the meeting where the form has it wrong. The history keeps both."""
    application = opened(application, by, revision)
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
    """Accept for these services; a meeting that is set counts as held ([PIA] rules 5 to 7).

    DomainError: `wrong_state`, `no_service`, `meeting_needed` where the criteria of today ask for a meeting that is
    not set, `not_eligible` under these criteria, `no_consent`.
    """
    lock_participant(application.participant_id)
    application = opened(application, by, revision)
    check_way(application, ApplicationState.ACCEPTED)
    chosen = [service for service in Service.values if service in services]
    if not chosen:
        raise DomainError(_("Choose at least one service."), code="no_service", field="services")
    version = version_in_force()
    _check_met(application, version, chosen)
    _check_acceptable(application, version, chosen)
    close_meeting(application, MeetingState.HELD)
    open_places(application, chosen)
    _decide(application, ApplicationState.ACCEPTED, by, decision_version=version, accepted_for=chosen)
    return application


def without_meeting(version: EligibilityVersion) -> list[str]:
    """Services for which this version asks for no meeting."""
    return [service for service in Service.values if not needs_meeting(version.rules, services=[service])]


def may_accept(application: Application) -> bool:
    """Whether there is anything that this person could be accepted for now."""
    if not may_become(application, ApplicationState.ACCEPTED):
        return False
    return application.state == ApplicationState.MEETING_SET or bool(without_meeting(version_in_force()))


def _check_met(application: Application, version: EligibilityVersion, chosen: Collection[str]) -> None:
    if application.state == ApplicationState.SUBMITTED and needs_meeting(version.rules, services=chosen):
        raise DomainError(
            _("These services begin with an intake meeting. Set it first, or accept only for services without one."),
            code="meeting_needed", field="services",
        )  # fmt: skip


def _check_acceptable(application: Application, version: EligibilityVersion, chosen: Collection[str]) -> None:
    if not assess(Answers(**application.answers), version.rules, services=chosen).eligible:
        raise DomainError(
            _("By the answers in this application, one of the criteria is not met. Correct the answers with the"
              " person, or do not accept."), code="not_eligible",
        )  # fmt: skip
    if not Consent.objects.in_force(application.person_id, ConsentPurpose.TAKING_PART):
        raise DomainError(_("This person has not signed the consent to taking part."), code="no_consent")


@transaction.atomic
def decline(
    *, application: Application, reasons: Collection[str], by: User, revision: int | None = None
) -> Application:
    """Do not accept, with the criteria that are not met; the person reads them.

    DomainError: `no_reason`, `wrong_state`.
    """
    named = _named(DecisionReason, reasons)
    if not named:
        raise DomainError(_("Choose at least one reason. The person will read it."), code="no_reason", field="reasons")
    return _end(application, ApplicationState.DECLINED, by, revision, decision_reasons=named)


@transaction.atomic
def refer(
    *, application: Application, to: Collection[str], by: User, reasons: Collection[str] = (),
    revision: int | None = None,
) -> Application:  # fmt: skip
    """Name others who help better here: codes of the referral list. The person reads how to reach them.

    Nothing is sent to anybody else. DomainError: `nobody_named`, `wrong_state`.
    """
    offered = Referral.objects.filter(active=True, code__in=list(to)).values_list("code", flat=True)
    named = list(offered)
    if not named:
        raise DomainError(_("Choose at least one service from the list."), code="nobody_named", field="to")
    why = _named(DecisionReason, reasons) + _named(LaterReason, reasons)
    return _end(application, ApplicationState.REFERRED, by, revision, referred_to=named, decision_reasons=why)


@transaction.atomic
def defer(
    *, application: Application, until: date, reasons: Collection[str], by: User, revision: int | None = None
) -> Application:
    """Not now: on `until` the application is back on the desk, and nobody has to remember it.

    DomainError: `look_again_when` unless `until` is after today and within a year, `no_reason`, `wrong_state`.
    """
    today = timezone.localdate()
    if not today < until <= today + LATEST:
        raise DomainError(_("Choose a day after today and within a year."), code="look_again_when", field="until")
    named = _named(LaterReason, reasons)
    if not named:
        raise DomainError(_("Choose at least one reason. The person will read it."), code="no_reason", field="reasons")
    return _end(application, ApplicationState.DEFERRED, by, revision, look_again_on=until, decision_reasons=named)


@transaction.atomic
def take_up(*, application: Application, by: User, revision: int | None = None) -> Application:
    """Look again at an application that was put off: a coordinator on its day, or the person as soon as they like.

    What was decided before stays in the history. DomainError: `wrong_state`.
    """
    application = opened(application, by, revision, can_take_up_application)
    check_way(application, ApplicationState.SUBMITTED)
    if application.state != ApplicationState.DEFERRED:
        raise DomainError(_("This application was not put off."), code="wrong_state")
    cancel_messages(key_prefix=f"decision|{application.pk}")
    become(
        application, ApplicationState.SUBMITTED, decided_at=None, decided_by=None, decision_version=None,
        decision_reasons=[], look_again_on=None,
    )  # fmt: skip
    return application


@transaction.atomic
def ask_again(*, application: Application, by: User) -> Application:
    """The person asks that the decision be looked at again: the same answers, as an application of its own.

    The decision stays as it was made. One that was put off is taken up. Asking twice gives the same application.
    DomainError: `already_applied` while another one is open or accepted, `wrong_state`.
    """
    lock_participant(application.participant_id)
    if application.state == ApplicationState.DEFERRED:
        return take_up(application=application, by=by)
    require(application.person_id == by.pk, "ask_again")
    key = uuid5(application.pk, "again")
    before: Application | None = Application.objects.filter(sent_key=key).first()
    if before is not None:
        return before
    if application.state not in (ApplicationState.DECLINED, ApplicationState.REFERRED):
        raise DomainError(_("There is no decision to look at again."), code="wrong_state")
    if application.participant.applications.standing().exists():
        raise DomainError(
            _("We have your application already. You do not have to send it again."), code="already_applied"
        )
    again = Application(
        participant=application.participant, sent_key=key, version=application.version, answers=application.answers,
        notice_version=application.notice_version, services=application.services, language=application.language,
    )  # fmt: skip
    again.save(force_insert=True)
    audit.record(Action.CREATE, again, person=by.pk, purpose=Purpose.INTAKE)
    return again


def _named(kind: Any, codes: Collection[str]) -> list[str]:
    return [code for code in kind.values if code in codes]


def _end(
    application: Application, state: ApplicationState, by: User, revision: int | None, **decision: Any
) -> Application:
    """A decision that opens no place. A meeting that has begun was held; one that is still to come is cancelled."""
    application = opened(application, by, revision)
    check_way(application, state)
    meeting = standing_meeting(application)
    begun = meeting is not None and meeting.starts_at <= timezone.now()
    close_meeting(application, MeetingState.HELD if begun else MeetingState.CANCELLED)
    _decide(application, state, by, decision_version=version_in_force(), **decision)
    return application


def _decide(application: Application, state: ApplicationState, by: User, **decision: Any) -> None:
    now = timezone.now()
    become(application, state, decided_at=now, decided_by=by, **decision)
    queue_message(
        person=application.participant.user, template="decision_ready", context={},
        key=f"decision|{application.pk}|{application.revision}", useful_until=now + DECISION_USEFUL_FOR,
    )  # fmt: skip


@transaction.atomic
def withdraw_application(*, application: Application, by: User) -> Application:
    """Take an application back: at once, without a reason, as often as asked ([NH Annex F] rule 22)."""
    lock_participant(application.participant_id)
    application = locked(application)
    require(can_withdraw_application(by, application), "withdraw_application")
    if application.state == ApplicationState.WITHDRAWN:
        return application
    check_way(application, ApplicationState.WITHDRAWN)
    close_meeting(application, MeetingState.CANCELLED)
    cancel_messages(key_prefix=f"received|{application.pk}")
    cancel_messages(key_prefix=f"decision|{application.pk}")
    end_places(application)
    become(application, ApplicationState.WITHDRAWN)
    return application
