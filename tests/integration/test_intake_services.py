"""Meetings, decisions and withdrawals: who may, from which state, and what everybody is told."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone

from consent.services import withdraw as withdraw_consent
from contact.models import OutboxMessage
from contact.registry import still_makes_sense
from intake import services
from intake.choices import TRANSITIONS, ApplicationState, MeetingState
from intake.models import Application, EligibilityVersion, IntakeMeeting
from intake.reference import load_versions
from intake.rules import Answers
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden
from tests.factories import a_coordinator, a_participant, a_privacy_officer, an_application, disagree

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]


def soon(hours: int = 24):
    return timezone.now().replace(microsecond=0) + timedelta(hours=hours)


@pytest.fixture
def coordinator():
    return a_coordinator("QC")


@pytest.fixture
def application():
    return an_application(a_participant("QC", consents=("taking_part", "contact_email")))


@pytest.fixture
def meeting(application, coordinator):
    return services.set_meeting(application=application, starts_at=soon(), by=coordinator)


def state(application) -> str:
    return Application.objects.get(pk=application.pk).state


# --- the whole way ---


def test_meeting_then_acceptance_keeps_who_when_why_and_version(application, coordinator):
    services.set_meeting(application=application, starts_at=soon(), by=coordinator)
    services.accept(application=application, services=["formal", "activity"], by=coordinator)
    decided = Application.objects.get(pk=application.pk)
    assert (decided.state, decided.accepted_for) == ("accepted", ["formal", "activity"])
    assert (decided.decided_by, decided.decision_version.number) == (coordinator, 1)
    assert decided.decided_at is not None
    assert IntakeMeeting.objects.get().state == MeetingState.HELD
    templates = OutboxMessage.objects.filter(state="waiting").values_list("template_id", flat=True)
    assert list(templates) == ["decision_ready"], "news of a meeting that is over is taken back"


def test_decline_keeps_reasons_for_the_person(application, coordinator):
    services.decline(application=application, reasons=["under_18"], by=coordinator)
    decided = Application.objects.get(pk=application.pk)
    assert (decided.state, decided.decision_reasons, decided.decision_version.number) == ("declined", ["under_18"], 1)


def test_every_change_is_in_the_access_log_of_the_person(application, coordinator):
    services.set_meeting(application=application, starts_at=soon(), by=coordinator)
    services.accept(application=application, services=["formal"], by=coordinator)
    entries = Entry.objects.filter(person=application.participant.user_id, model="intake.application")
    assert list(entries.values_list("action", flat=True)) == ["change", "change"]


def test_history_keeps_every_state(application, coordinator, meeting):
    services.cancel_meeting(meeting=meeting, by=coordinator)
    states = list(application.history.order_by("history_id").values_list("state", flat=True))
    assert states == ["submitted", "meeting_set", "submitted"]


# --- who may ---

ACTIONS = {
    "set_meeting": lambda app, by: services.set_meeting(application=app, starts_at=soon(), by=by),
    "accept": lambda app, by: services.accept(application=app, services=["formal"], by=by),
    "decline": lambda app, by: services.decline(application=app, reasons=["under_18"], by=by),
    "refer": lambda app, by: services.refer(application=app, to=["211"], by=by),
    "defer": lambda app, by: services.defer(application=app, until=soon(72).date(), reasons=["own_wish"], by=by),
    "withdraw": lambda app, by: services.withdraw_application(application=app, by=by),
    "correct": lambda app, by: services.correct_answers(application=app, answers=Answers(), by=by),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_coordinator_of_another_region_may_do_nothing(application, action):
    before = Application.objects.values().get(pk=application.pk)
    for stranger in (a_coordinator("ON"), a_privacy_officer(), a_participant("QC").user):
        with pytest.raises(Forbidden):
            ACTIONS[action](application, stranger)
    assert Application.objects.values().get(pk=application.pk) == before


@pytest.mark.parametrize("action", ["set_meeting", "accept", "decline", "refer", "defer", "correct"])
def test_person_cannot_decide_about_themselves(application, action):
    with pytest.raises(Forbidden):
        ACTIONS[action](application, application.participant.user)


@pytest.mark.parametrize("action", ["move", "cancel", "missed"])
def test_meeting_is_out_of_reach_of_another_region(meeting, action):
    stranger = a_coordinator("ON")
    act = {
        "move": lambda: services.move_meeting(meeting=meeting, starts_at=soon(48), by=stranger),
        "cancel": lambda: services.cancel_meeting(meeting=meeting, by=stranger),
        "missed": lambda: services.record_missed_meeting(meeting=meeting, by=stranger),
    }[action]
    with pytest.raises(Forbidden):
        act()
    assert IntakeMeeting.objects.get().state == MeetingState.SET


def test_querysets_show_files_of_the_own_region_only(application):
    assert Application.objects.visible_to(a_coordinator("QC")).count() == 1
    assert Application.objects.visible_to(application.participant.user).count() == 1
    for stranger in (a_coordinator("ON"), a_privacy_officer(), a_participant("QC").user):
        assert not Application.objects.visible_to(stranger).exists()


# --- from which state ---

LEADS_TO = {"set_meeting": ApplicationState.MEETING_SET, "accept": ApplicationState.ACCEPTED,
            "decline": ApplicationState.DECLINED, "refer": ApplicationState.REFERRED,
            "defer": ApplicationState.DEFERRED, "withdraw": ApplicationState.WITHDRAWN}  # fmt: skip


def in_state(name: str, by) -> Application:
    application = an_application(a_participant("QC"))
    if name in ("meeting_set", "accepted"):
        services.set_meeting(application=application, starts_at=soon(), by=by)
    if name == "accepted":
        services.accept(application=application, services=["formal"], by=by)
    if name in ("declined", "referred", "deferred"):
        ACTIONS[{"declined": "decline", "referred": "refer", "deferred": "defer"}[name]](application, by)
    if name == "withdrawn":
        services.withdraw_application(application=application, by=application.participant.user)
    return Application.objects.get(pk=application.pk)


@pytest.mark.parametrize("action", LEADS_TO)
@pytest.mark.parametrize("before", ApplicationState.values)
def test_transition_is_allowed_or_refused_as_the_table_says(before, action, coordinator):
    application = in_state(before, coordinator)
    allowed = LEADS_TO[action] in TRANSITIONS[ApplicationState(before)]
    if (before, action) == ("submitted", "accept"):
        return  # only without a meeting: see test_intake_outcomes
    if allowed:
        ACTIONS[action](application, coordinator)
        assert state(application) == LEADS_TO[action]
    elif (before, action) == ("withdrawn", "withdraw"):
        assert ACTIONS[action](application, coordinator).revision == application.revision
    else:
        with pytest.raises(DomainError) as refused:
            ACTIONS[action](application, coordinator)
        assert refused.value.code == "wrong_state"
        assert state(application) == before


def test_nobody_is_accepted_without_a_meeting(application, coordinator):
    with pytest.raises(DomainError, match="meeting_needed"):
        services.accept(application=application, services=["formal"], by=coordinator)


# --- meetings ---


def test_meeting_in_the_past_is_refused_at_its_field(application, coordinator):
    with pytest.raises(DomainError) as refused:
        services.set_meeting(application=application, starts_at=soon(-1), by=coordinator)
    assert (refused.value.code, refused.value.field) == ("meeting_in_past", "starts_at")


def test_coordinator_is_in_one_meeting_at_a_time(meeting, coordinator):
    other = an_application(a_participant("QC"))
    with pytest.raises(DomainError) as refused:
        services.set_meeting(application=other, starts_at=meeting.starts_at + timedelta(minutes=30), by=coordinator)
    assert refused.value.code == "coordinator_busy"
    assert state(other) == "submitted"
    services.set_meeting(application=other, starts_at=meeting.ends_at, by=coordinator)


@pytest.mark.django_db(transaction=True)
def test_two_meetings_at_once_for_one_coordinator_are_one():
    coordinator = a_coordinator("QC")
    files = [an_application(a_participant("QC")) for _file in range(6)]
    moment, outcomes = soon(), []

    def work(application) -> None:
        try:
            outcomes.append(services.set_meeting(application=application, starts_at=moment, by=coordinator).pk)
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(one,)) for one in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("coordinator_busy") == 5
    assert IntakeMeeting.objects.count() == 1


def test_moved_meeting_tells_the_new_time_and_takes_the_old_news_back(meeting, coordinator):
    services.move_meeting(meeting=meeting, starts_at=soon(48), by=coordinator)
    told = {message.template_id: message for message in OutboxMessage.objects.all()}
    assert told["meeting_set"].state == "cancelled"
    assert told["meeting_moved"].context["at"] == IntakeMeeting.objects.get().starts_at.isoformat()
    assert told["meeting_moved"].useful_until == IntakeMeeting.objects.get().starts_at


def test_news_of_a_meeting_that_is_off_makes_no_sense_any_more(meeting, coordinator):
    message = OutboxMessage.objects.get(template_id="meeting_set")
    assert still_makes_sense(message)
    services.cancel_meeting(meeting=meeting, by=coordinator)
    assert not still_makes_sense(message)


def test_cancelled_meeting_brings_the_application_back_to_the_list(meeting, application, coordinator):
    services.cancel_meeting(meeting=meeting, by=coordinator)
    assert state(application) == "submitted"
    assert OutboxMessage.objects.filter(template_id="meeting_cancelled", state="waiting").count() == 1
    with pytest.raises(DomainError, match="meeting_over"):
        services.cancel_meeting(meeting=meeting, by=coordinator)


def test_person_may_ask_for_another_time_and_gets_no_message_about_it(meeting, application):
    services.cancel_meeting(meeting=meeting, by=application.participant.user)
    assert state(application) == "submitted"
    assert not OutboxMessage.objects.filter(state="waiting").exists()


def test_missed_meeting_brings_the_application_back_once_it_has_begun(meeting, application, coordinator):
    with pytest.raises(DomainError, match="meeting_not_begun"):
        services.record_missed_meeting(meeting=meeting, by=coordinator)
    IntakeMeeting.objects.filter(pk=meeting.pk).update(
        starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now()
    )
    services.record_missed_meeting(meeting=meeting, by=coordinator)
    assert (state(application), IntakeMeeting.objects.get().state) == ("submitted", "missed")
    services.set_meeting(application=application, starts_at=soon(), by=coordinator)


# --- decisions ---


def test_stale_page_is_a_conflict_and_changes_nothing(application, coordinator):
    seen = application.revision
    services.set_meeting(application=application, starts_at=soon(), by=coordinator, revision=seen)
    with pytest.raises(Conflict) as stale:
        services.decline(application=application, reasons=["under_18"], by=coordinator, revision=seen)
    assert stale.value.code == "stale"
    assert state(application) == "meeting_set"


@pytest.mark.django_db(transaction=True)
def test_property_37_two_coordinators_deciding_at_once_make_one_decision():
    one, other = a_coordinator("QC"), a_coordinator("QC")
    application = an_application(a_participant("QC"))
    services.set_meeting(application=application, starts_at=soon(), by=one)
    seen, outcomes = Application.objects.get().revision, []

    def work(act) -> None:
        try:
            act()
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    acts = (
        lambda: services.accept(application=application, services=["formal"], by=one, revision=seen),
        lambda: services.decline(application=application, reasons=["under_18"], by=other, revision=seen),
    )
    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "stale"]


def test_acceptance_needs_a_service_and_decline_a_reason(application, coordinator, meeting):
    with pytest.raises(DomainError) as refused:
        services.accept(application=application, services=["karaoke"], by=coordinator)
    assert (refused.value.code, refused.value.field) == ("no_service", "services")
    with pytest.raises(DomainError) as refused:
        services.decline(application=application, reasons=["dislike"], by=coordinator)
    assert (refused.value.code, refused.value.field) == ("no_reason", "reasons")


def test_acceptance_needs_answers_that_meet_the_criteria(application, coordinator, meeting):
    services.correct_answers(
        application=application, answers=Answers("veteran", False, True, True, True), by=coordinator
    )
    with pytest.raises(DomainError, match="not_eligible"):
        services.accept(application=application, services=["formal"], by=coordinator)
    services.correct_answers(
        application=application, answers=Answers("veteran", True, True, True, True), by=coordinator
    )
    services.accept(application=application, services=["formal"], by=coordinator)
    adults = [row.answers["adult"] for row in application.history.order_by("history_id")]
    assert adults == [True, True, False, True, True], "the history keeps every answer"


def test_acceptance_needs_consent_in_force(application, coordinator, meeting):
    disagree(application.participant.user)
    with pytest.raises(DomainError, match="no_consent"):
        services.accept(application=application, services=["formal"], by=coordinator)


def test_decision_keeps_the_version_that_made_it(application, coordinator, meeting):
    services.accept(application=application, services=["formal"], by=coordinator)
    content = EligibilityVersion.objects.get(number=1).content
    content["rules"]["version"] = 2
    EligibilityVersion.objects.create(
        number=2, content=content, valid_from=timezone.localdate(), published_at=timezone.now()
    )
    assert Application.objects.get(pk=application.pk).decision_version.number == 1
    other = an_application(a_participant("QC"))
    services.decline(application=other, reasons=["under_18"], by=coordinator)
    assert Application.objects.get(pk=other.pk).decision_version.number == 2


# --- withdrawal ---


def test_withdrawal_ends_the_meeting_and_what_waits(meeting, application):
    person = application.participant.user
    services.withdraw_application(application=application, by=person)
    assert (state(application), IntakeMeeting.objects.get().state) == ("withdrawn", "cancelled")
    assert not OutboxMessage.objects.filter(state="waiting").exists()


@pytest.mark.parametrize("before", ["submitted", "meeting_set", "accepted"])
def test_property_34_withdrawn_consent_to_taking_part_withdraws_the_application_at_once(before, coordinator):
    application = in_state(before, coordinator)
    withdraw_consent(person=application.participant.user, purpose="taking_part")
    assert state(application) == "withdrawn"
    assert not OutboxMessage.objects.filter(state="waiting").exists()


def test_other_consents_leave_the_application_alone(application):
    withdraw_consent(person=application.participant.user, purpose="contact_email")
    assert state(application) == "submitted"


# --- the database as the last judge ---


def test_constraint_application_one_open(application):
    with pytest.raises(IntegrityError, match="application_one_open"), transaction.atomic():
        an_application(application.participant)


def test_constraint_application_decision_whole(application):
    with pytest.raises(IntegrityError, match="application_decision_whole"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state="accepted")


def test_constraint_application_declined_has_reason(application, coordinator):
    decision = {"decided_at": timezone.now(), "decided_by": coordinator, "decision_version": application.version}
    with pytest.raises(IntegrityError, match="application_declined_has_reason"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state="declined", **decision)


def test_constraint_meeting_coordinator_free(meeting, coordinator):
    other = an_application(a_participant("QC"))
    with pytest.raises(IntegrityError, match="meeting_coordinator_free"), transaction.atomic():
        IntakeMeeting.objects.create(
            application=other, coordinator=coordinator, starts_at=meeting.starts_at, ends_at=meeting.ends_at
        )


def test_trigger_eligibility_version_frozen():
    version = EligibilityVersion.objects.get(number=1)
    for change in (
        lambda: EligibilityVersion.objects.filter(pk=version.pk).update(valid_from=timezone.localdate()),
        lambda: EligibilityVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="a published eligibility version never changes"), transaction.atomic():
            change()


def test_reference_data_is_loaded_once():
    for _time in range(2):
        load_versions()
    assert EligibilityVersion.objects.count() == 1
    assert services.version_in_force().number == 1


def test_version_of_tomorrow_is_not_in_force_today():
    content = EligibilityVersion.objects.get(number=1).content
    EligibilityVersion.objects.create(
        number=2, content=content, valid_from=timezone.localdate() + timedelta(days=1), published_at=timezone.now()
    )
    EligibilityVersion.objects.create(number=3, content=content, valid_from=timezone.localdate())
    assert services.version_in_force().number == 1
    assert services.version_in_force(on=timezone.localdate() + timedelta(days=1)).number == 2
