"""The pages on which people choose their reminders, and the desk's, with what may be done about each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from contact import delivery
from contact.choices import CallState, OutboxState
from contact.models import CallTask, OutboxMessage, ReminderChoice, ReminderRule, SafeContact
from contact.reminding import plan
from contact.services import set_safe_contact
from contact.services_reminders import none_at_all, retry_reminder, wanted_by
from groups.services import add_member
from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden
from sessions.models import GroupSession
from sessions.reminders import SOURCE
from tests import factories as make

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr")


def page(name: str, language: str = "en", **kwargs) -> str:
    with translation.override(language):
        return reverse(name, kwargs=kwargs)


def rule(event: str, hours: int, audience: str = "member") -> ReminderRule:
    return ReminderRule.objects.get(event=event, hours=hours, audience=audience)


@pytest.fixture
def person(client):
    made = make.a_participant(consents=("taking_part", "contact_email"), language="en").user
    make.sign_in(client, made)
    return made


def test_usual_reminders_are_ticked_and_own_ones_are_kept_in_both_languages(client, person):
    english, french = (client.get(page("contact:reminders", language)).content.decode() for language in LANGUAGES)
    assert "The day before" in english
    assert "La veille" in french
    assert english.count(" checked") == french.count(" checked") == 4
    answer = client.post(page("contact:reminders"), {"formal": [rule("formal", 72).pk, rule("formal", 2).pk]})
    assert (answer.status_code, answer["Location"]) == (302, page("contact:reminders"))
    assert {one.hours for one in ReminderRule.objects.filter(pk__in=wanted_by(person))} == {72, 2}
    assert client.get(page("contact:reminders")).content.decode().count(" checked") == 2


def test_one_tick_ends_all_reminders_and_keeps_the_others_for_later(client, person):
    client.post(page("contact:reminders"), {"none": "on", "formal": [rule("formal", 72).pk]})
    assert none_at_all(person)
    assert wanted_by(person) == {rule("formal", 72).pk}
    read = Entry.objects.filter(model="contact.reminderchoice", person=person.pk, action="change")
    assert read.count() == ReminderChoice.objects.filter(person=person).count()


@pytest.mark.parametrize("answer", [{"formal": ["999999"]}, {"formal": ["x"]}, {"meeting": ["lead"]}])
def test_what_is_not_offered_is_refused_with_a_sentence_and_nothing_is_kept(client, person, answer):
    lead = rule("formal", 24, "lead").pk
    said = client.post(page("contact:reminders"), {key: [lead if one == "lead" else one for one in value]
                                                   for key, value in answer.items()})  # fmt: skip
    assert "Choose among the reminders on this page." in said.content.decode()
    assert not ReminderChoice.objects.exists()


def test_whoever_cannot_be_reached_is_told_so(client, person):
    told = "We have no way to remind you"
    assert told in client.get(page("contact:reminders")).content.decode()
    set_safe_contact(person=person, by=person, email_safe=True)
    assert told not in client.get(page("contact:reminders")).content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_supporter_says_whether_their_mailbox_is_safe_and_a_clinician_need_not(client, language):
    supporter, clinician = make.a_facilitator(), make.a_clinician()
    make.sign_in(client, supporter)
    where = page("lead:reminders", language)
    assert 'name="email_safe"' in client.get(where).content.decode()
    chosen = {"formal": [rule("formal", 24, "lead").pk]}
    assert client.post(where, chosen).status_code == 200
    assert client.post(where, {**chosen, "email_safe": "yes"}).status_code == 302
    assert SafeContact.objects.get(person=supporter).email_safe
    make.sign_in(client, clinician)
    assert 'name="email_safe"' not in client.get(where).content.decode()
    assert client.post(where, chosen).status_code == 302
    assert {one.hours for one in ReminderRule.objects.filter(pk__in=wanted_by(clinician))} == {24}


def test_pages_are_for_their_people(client):
    for name, somebody in (("contact:reminders", make.a_facilitator()), ("lead:reminders", make.a_participant().user)):
        make.sign_in(client, somebody)
        assert client.get(page(name)).status_code == 403


# --- The desk -------------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    coordinator = make.a_coordinator("QC")
    make.sign_in(client, coordinator)
    return coordinator


def a_person(region: str = "QC", **choices):
    person = make.a_participant(region, consents=("taking_part", "contact_email", "contact_phone")).user
    set_safe_contact(person=person, by=person, email_safe=True, call_safe=True, phone="613 555 0142", **choices)
    return person


@pytest.mark.parametrize("language", LANGUAGES)
def test_desk_shows_what_became_of_reminders_of_the_own_region_and_notes_each_reading(client, desk, language):
    here, there = make.a_failed_reminder(a_person("QC")), make.a_failed_reminder(a_person("ON"))
    sent = make.a_failed_reminder(a_person("QC"), state=OutboxState.SENT, reason="")
    old = make.a_failed_reminder(a_person("QC"), due_at=timezone.now() - timedelta(days=10))
    html = client.get(page("desk:reminders", language)).content.decode()
    shown = {one for one in (here, there, sent, old) if one.person.participant.reference in html}
    assert shown == {here, sent}
    read = Entry.objects.filter(action="read", model="contact.outboxmessage", actor=desk.pk)
    assert set(read.values_list("person", flat=True)) == {here.person_id, sent.person_id}
    longer = client.get(page("desk:reminders", language), {"state": "look", "days": "14"}).content.decode()
    assert {one for one in (here, sent, old) if one.person.participant.reference in longer} == {here, old}


def test_desk_shows_reminders_of_those_who_lead_in_the_own_region_alone(client, desk):
    lead, sessions = make.a_clinician(name="Robin Lead"), {}
    for region in ("QC", "ON"):
        group = make.a_group(make.a_coordinator(region), program_region=region, region=region)
        begins = timezone.now() + timedelta(hours=23)
        sessions[region] = GroupSession.objects.create(
            group=group, number=1, starts_at=begins, ends_at=begins + timedelta(hours=1)
        )
        make.a_failed_reminder(lead, session=sessions[region].pk, template_id="lead_reminder")
    assert client.get(page("desk:reminders")).content.decode().count("Robin Lead") == 2  # the cell, and its button
    part = client.get(page("desk:session", session_id=sessions["QC"].pk)).content.decode()
    assert part.count("Robin Lead") == 2
    assert "Leads" in part


def test_list_and_session_cost_the_same_however_many_reminders(client, desk):
    group = make.a_group(desk)
    begins = timezone.now() + timedelta(hours=23)
    session = GroupSession.objects.create(group=group, number=1, starts_at=begins, ends_at=begins + timedelta(hours=1))
    counts = []
    for _round in range(3):
        make.a_failed_reminder(a_person(), session=session.pk)
        make.a_failed_reminder(a_person(), session=session.pk)
        with CaptureQueriesContext(connection) as asked:
            client.get(page("desk:reminders"))
            client.get(page("desk:session", session_id=session.pk))
        counts.append(len(asked))
    assert counts[1] == counts[2]


@pytest.mark.parametrize("make_one", [make.a_facilitator, make.an_analyst, lambda: make.a_participant().user])
def test_desk_of_reminders_is_for_coordinators(client, make_one):
    make.sign_in(client, make_one())
    assert client.get(page("desk:reminders")).status_code == 403


def test_failed_reminder_is_sent_again_once_and_its_call_comes_back_only_if_it_fails_again(client, desk, smtp_sink):
    session, person = a_real_session(desk)
    plan(SOURCE, timezone.now())
    smtp_sink.refuse_recipients = "550 no such mailbox"
    delivery.send_due(timezone.now())
    message = OutboxMessage.objects.get(person=person, template="session_reminder")
    assert (message.state, message.call.state) == (OutboxState.FAILED, CallState.OPEN)
    tries = [(OutboxState.FAILED, "550 no", CallState.OPEN), (OutboxState.SENT, "", CallState.OVERTAKEN)]
    for again, refusal, call in tries:
        smtp_sink.refuse_recipients = refusal
        client.post(page("desk:reminder_retry", message_id=message.pk))
        message.refresh_from_db()
        assert message.state == OutboxState.WAITING
        assert CallTask.objects.get(message=message).state == CallState.OVERTAKEN
        delivery.send_due(timezone.now())
        message.refresh_from_db()
        assert (message.state, CallTask.objects.get(message=message).state) == (again, call)
    refused = client.post(page("desk:reminder_retry", message_id=message.pk), follow=True).content.decode()
    assert "This reminder cannot be sent again" in refused
    delivery.send_due(timezone.now())
    assert len([mail for mail in smtp_sink.mails if person.sealed_email in mail.recipients]) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"state": OutboxState.SENT}, {"state": OutboxState.UNKNOWN}, {"state": OutboxState.WITHHELD},
        {"state": OutboxState.CANCELLED}, {"useful_until": "past"}, {"dealt_with": True}, {"told": True},
    ],
    ids=str,
)  # fmt: skip
def test_nothing_is_sent_again_that_may_have_left_or_is_of_no_use(desk, fields):
    fields = dict(fields)
    told, dealt = fields.pop("told", False), fields.pop("dealt_with", False)
    if "useful_until" in fields:
        fields["useful_until"] = timezone.now() - timedelta(minutes=1)
    if dealt:
        fields |= {"dealt_with_at": timezone.now(), "dealt_with_by": desk}
    message = make.a_failed_reminder(a_person(), **fields)
    if told:
        CallTask.objects.create(
            message=message, person=message.person, reason="refused", not_before=timezone.now(),
            state=CallState.REACHED, finished_at=timezone.now(),
        )  # fmt: skip
    with pytest.raises(DomainError, check=lambda error: error.code == "not_to_retry"):
        retry_reminder(message=message, by=desk, now=timezone.now())
    with pytest.raises(Forbidden):
        retry_reminder(message=message, by=make.a_coordinator("ON"), now=timezone.now())


@pytest.mark.parametrize("state", [OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.EXPIRED])
def test_what_left_or_may_have_becomes_a_call_once_and_is_never_sent_again(client, desk, state):
    message = make.a_failed_reminder(a_person(), state=state)
    for _press in range(2):
        answer = client.post(page("desk:reminder_tell", message_id=message.pk))
    task = CallTask.objects.get(message=message)
    assert answer["Location"] == page("desk:call", task_id=task.pk)
    assert "A coordinator wants to be sure" in client.get(page("desk:call", task_id=task.pk)).content.decode()
    message.refresh_from_db()
    assert message.state == state


def test_nobody_is_called_who_asked_not_to_be_contacted_or_leads(client, desk):
    silent = make.a_failed_reminder(a_person(do_not_contact=True), state=OutboxState.SENT)
    said = client.post(page("desk:reminder_tell", message_id=silent.pk), {"next": "//elsewhere.example"}, follow=True)
    assert "asked not to be contacted" in said.content.decode()
    assert said.redirect_chain == [(page("desk:reminders"), 302)]
    assert not CallTask.objects.exists()


def test_sessions_page_tells_what_will_go_later_in_numbers(client, desk):
    session, _person = a_real_session(desk, hours=30)
    html = client.get(page("desk:session", session_id=session.pk)).content.decode()
    assert "The day before: 1 person" in html
    french = client.get(page("desk:session", "fr", session_id=session.pk)).content.decode()
    assert "La veille\u00a0: 1 personne" in french


def a_real_session(by, *, hours: int = 20):
    """With one member who can be written to."""
    group, begins = make.a_group(by, kind="informal"), timezone.now() + timedelta(hours=hours)
    participant = make.an_accepted_participant(services=["informal"], by=by)
    add_member(group=group, participant=participant, by=by)
    for purpose in ("contact_email", "contact_phone"):
        make.agree(participant.user, purpose)
    person = participant.user
    set_safe_contact(person=person, by=person, email_safe=True, call_safe=True, phone="613 555 0142")
    session = GroupSession.objects.create(group=group, number=1, starts_at=begins, ends_at=begins + timedelta(hours=1))
    return session, person
