"""Meetings and decisions on the desk: what is done, what is refused with a sentence, what a stale page does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.models import CounterSignature
from groups.services import add_member
from intake.choices import ApplicationState, MeetingState
from intake.models import Application, IntakeMeeting
from intake.services import set_meeting
from psp.audit.models import Entry
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = "2027-02-09"


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC", time_zone="America/Toronto")


@pytest.fixture
def desk(client, coordinator):
    make.sign_in(client, coordinator)
    return client


@pytest.fixture
def application(coordinator):
    return make.an_application(make.a_participant(name="Wanda Waits", time_zone="America/Vancouver"))


def a_meeting(application, by) -> IntakeMeeting:
    return set_meeting(application=application, starts_at=timezone.now() + timedelta(days=3), by=by)


def fresh(application) -> Application:
    return Application.objects.get(pk=application.pk)


def send(client, name, obj, **data):
    return client.post(reverse(f"desk:{name}", args=[obj.pk]), data)


def test_meeting_is_set_on_the_clock_of_the_coordinator_and_told_on_both(desk, application):
    answer = send(desk, "set_meeting", application, day=DAY, at="19:00", revision=0)
    assert answer.status_code == 302
    assert IntakeMeeting.objects.get().starts_at == datetime(2027, 2, 10, 0, 0, tzinfo=UTC)
    assert fresh(application).state == ApplicationState.MEETING_SET
    page = desk.get(answer["Location"]).content.decode()
    assert "7:00 p.m. (Eastern time)" in page
    assert "5:00 p.m. (Pacific time)" in page, "two hours only: British Columbia does not change its clocks any more"


@pytest.mark.parametrize(
    ("day", "at", "sentence"),
    [
        ("", "19:00", "Choose a day."),
        (DAY, "", "Choose a time."),
        ("tomorrow", "7", "Write the day as in"),
        ("2020-01-01", "19:00", "still to come"),
        ("2027-03-14", "02:30", "The clock skips this time"),
    ],
)
def test_bad_time_is_answered_with_the_field_and_how_to_mend_it(desk, application, day, at, sentence):
    answer = send(desk, "set_meeting", application, day=day, at=at, revision=0)
    page = answer.content.decode()
    assert answer.status_code in (200, 409)
    assert sentence in page
    assert not day or day in page, "what was typed is kept"
    assert not IntakeMeeting.objects.exists()


def test_second_meeting_at_the_same_time_is_refused_with_a_sentence(desk, application, coordinator):
    send(desk, "set_meeting", application, day=DAY, at="19:00", revision=0)
    other = make.an_application(make.a_participant())
    answer = send(desk, "set_meeting", other, day=DAY, at="19:15", revision=0)
    assert "another intake meeting at that time" in answer.content.decode()
    assert fresh(other).state == ApplicationState.SUBMITTED


def test_stale_page_is_a_conflict_that_keeps_what_was_typed(desk, application, coordinator):
    meeting = a_meeting(application, coordinator)
    answer = send(desk, "move_meeting", meeting, day=DAY, at="18:45", revision=0)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this application" in page
    assert 'value="18:45"' in page
    assert 'name="revision" value="1"' in page, "the next try is on the present state"
    assert send(desk, "move_meeting", meeting, day=DAY, at="18:45", revision=1).status_code == 302


def test_meeting_is_moved_cancelled_and_missed(desk, application, coordinator):
    meeting = a_meeting(application, coordinator)
    assert send(desk, "move_meeting", meeting, day=DAY, at="10:00", revision=1).status_code == 302
    assert send(desk, "missed_meeting", meeting, revision=2).status_code == 409, "it has not begun"
    assert send(desk, "cancel_meeting", meeting, revision=2).status_code == 302
    assert fresh(application).state == ApplicationState.SUBMITTED
    again = a_meeting(fresh(application), coordinator)
    begun = timezone.now() - timedelta(hours=1)
    IntakeMeeting.objects.filter(pk=again.pk).update(starts_at=begun, ends_at=begun + timedelta(minutes=45))
    assert send(desk, "missed_meeting", again, revision=fresh(application).revision).status_code == 302
    assert IntakeMeeting.objects.get(pk=again.pk).state == MeetingState.MISSED


def test_acceptance_for_the_services_that_were_chosen(desk, application, coordinator):
    a_meeting(application, coordinator)
    assert send(desk, "accept", application, services=["formal", "activity"], revision=1).status_code == 302
    done = fresh(application)
    assert (done.state, done.accepted_for, done.decided_by_id) == ("accepted", ["formal", "activity"], coordinator.pk)


def test_acceptance_without_a_service_or_without_a_meeting_is_refused(desk, application, coordinator):
    assert (
        "begin with an intake meeting"
        in send(desk, "accept", application, services=["formal"], revision=0).content.decode()
    )
    a_meeting(application, coordinator)
    page = send(desk, "accept", application, revision=1).content.decode()
    assert "Choose at least one service." in page
    assert fresh(application).state == ApplicationState.MEETING_SET


def test_declining_asks_for_reasons_then_for_confirmation(desk, application):
    none = send(desk, "decline", application, revision=0)
    assert "Choose at least one reason" in none.content.decode()
    first = send(desk, "decline", application, reasons=["no_device"], revision=0)
    page = first.content.decode()
    assert "A device with a reliable internet connection is needed" in page
    assert 'name="confirmed"' in page
    assert fresh(application).state == ApplicationState.SUBMITTED, "nothing has happened yet"
    assert send(desk, "decline", application, reasons=["no_device"], revision=0, confirmed=1).status_code == 302
    done = fresh(application)
    assert (done.state, done.decision_reasons) == ("declined", ["no_device"])


def test_made_up_reasons_are_refused(desk, application):
    answer = send(desk, "decline", application, reasons=["I do not like them"], revision=0, confirmed=1)
    assert answer.status_code == 200
    assert fresh(application).state == ApplicationState.SUBMITTED


def test_answers_are_corrected_and_the_file_says_so(desk, application):
    yes = {"affiliation": "cadet", "adult": "yes", "experienced": "yes", "has_device": "no", "agrees_to_meeting": "yes"}
    assert send(desk, "answers", application, revision=0, **yes).status_code == 302
    assert fresh(application).answers["affiliation"] == "cadet"
    assert fresh(application).answers["has_device"] is False
    page = desk.get(reverse("desk:file", args=[application.participant_id])).content.decode()
    assert "Answers corrected" in page


def test_posting_more_fields_than_the_form_has_changes_nothing_else(desk, application):
    before = Application.objects.filter(pk=application.pk).values().get()
    send(desk, "set_meeting", application, day=DAY, at="19:00", revision=0, state="accepted", accepted_for="formal",
         participant=make.a_participant().pk, decided_at="2020-01-01", language="en", answers="{}")  # fmt: skip
    after = Application.objects.filter(pk=application.pk).values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"state", "revision", "last_action_at"}
    assert after["state"] == "meeting_set"


def test_application_is_taken_back_for_the_person(desk, application, coordinator):
    a_meeting(application, coordinator)
    assert send(desk, "withdraw", application, revision=1).status_code == 302
    assert fresh(application).state == ApplicationState.WITHDRAWN


def test_consent_is_countersigned_once(desk, application, coordinator):
    consent = application.participant.user.consents.get()
    for _time in range(2):
        assert send(desk, "countersign", consent).status_code == 302
    assert CounterSignature.objects.get().by == coordinator
    page = desk.get(reverse("desk:file", args=[application.participant_id])).content.decode()
    assert f"Beside it: {coordinator.name}" in page


def test_consent_of_a_foreign_region_is_not_found(desk):
    consent = make.a_participant("ON").user.consents.get()
    assert send(desk, "countersign", consent).status_code == 404


def test_timeline_tells_the_story_from_the_history(desk, application):
    send(desk, "set_meeting", application, day=DAY, at="19:00", revision=0)
    meeting = IntakeMeeting.objects.get()
    send(desk, "move_meeting", meeting, day="2027-02-10", at="19:00", revision=1)
    send(desk, "accept", application, services=["formal"], revision=2)
    page = desk.get(reverse("desk:file", args=[application.participant_id])).content.decode()
    steps = ["Application received", "Intake meeting set:", "Intake meeting moved:", "Intake meeting held"]
    places = [page.index(step, page.index('id="happened"')) for step in steps]
    assert places == sorted(places)


def test_every_action_page_leaves_one_access_row(desk, application, coordinator):
    meeting = a_meeting(application, coordinator)
    person = application.participant.user_id
    for name, obj in (("accept", application), ("decline", application), ("answers", application),
                      ("withdraw", application), ("move_meeting", meeting), ("cancel_meeting", meeting)):  # fmt: skip
        before = Entry.objects.filter(person=person, action="read").count()
        assert desk.get(reverse(f"desk:{name}", args=[obj.pk])).status_code == 200
        assert Entry.objects.filter(person=person, action="read").count() == before + 1, name


def test_waiting_list_holds_the_accepted_without_a_place(desk, coordinator):
    waits = make.an_accepted_participant(name="Wanda Waits", by=coordinator)
    placed = make.an_accepted_participant(name="Petra Placed", by=coordinator)
    left_out = make.an_accepted_participant(name="Nora Not", by=coordinator)
    make.disagree(left_out.user)
    make.an_accepted_participant("ON", name="Olaf Ontario")
    group = make.a_group(coordinator)
    add_member(group=group, participant=placed, by=coordinator)
    page = desk.get(reverse("desk:waiting")).content.decode()
    assert waits.reference in page
    assert not any(name in page for name in ("Petra", "Nora", "Olaf"))
    assert "Wanda" not in desk.get(f"{reverse('desk:waiting')}?service=informal").content.decode()
