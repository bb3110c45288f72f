"""The call list: once for each message, only in the own region, only what may be said, and how it ended."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from contact import delivery
from contact.calls import mark_dealt_with, note_call
from contact.choices import CallOutcome, CallState, OutboxState
from contact.lint import neutral_violations
from contact.models import CallTask, OutboxMessage, SafeContact
from contact.rechecks import ask_in_time
from contact.scripts import script_for
from contact.services import cancel_messages, queue_message, safe_contact_of, set_safe_contact
from psp.audit.models import Entry
from psp.content import load
from psp.errors import DomainError, Forbidden
from tests.factories import a_call, a_coordinator, a_failed_message, a_participant, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 9, 0, 0, tzinfo=UTC)
ALL = ("taking_part", "contact_email", "contact_phone", "contact_post")
CALL = {"email_safe": False, "call_safe": True, "phone": "613 555 0142", "first_choice": "phone", "language": "en"}


def a_person(region: str = "QC", **choices):
    person = a_participant(region, consents=ALL).user
    set_safe_contact(person=person, by=person, **(CALL | choices))
    return person


def a_message(person, key: str = "m|1", template: str = "decision_ready", **fields) -> OutboxMessage:
    values = {"context": {}, "due_at": NOW, "useful_until": NOW + timedelta(days=2)} | fields
    return queue_message(person=person, template=template, key=key, **values)


def page(name: str, *args, language: str = "en") -> str:
    with translation.override(language):
        return reverse(name, args=args)


def test_message_becomes_one_task_however_often_it_is_looked_at():
    a_message(a_person())
    for _time in range(3):
        delivery.send_due(NOW)
        a_message(a_person(), "m|1")
    assert CallTask.objects.count() == 1
    assert CallTask.objects.get().message.state == OutboxState.TO_CALL


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({}, "by_phone"),
        ({"call_safe": False}, "channel_not_safe"),
        ({"recheck_on": date(2026, 12, 1)}, "recheck_passed"),
        ({"call_safe": False, "post_safe": True, "address": "12 Quiet Lane"}, "by_post"),
    ],
)
def test_task_says_why(choices, reason):
    a_message(a_person(**choices))
    delivery.send_due(NOW)
    assert CallTask.objects.get().reason == reason


def test_whoever_looks_on_the_site_gets_no_task():
    a_message(a_person(do_not_contact=True))
    delivery.send_due(NOW)
    assert not CallTask.objects.exists()


def test_task_waits_for_the_persons_hours():
    a_message(a_person(hours=[[3, 540, 720]]))
    delivery.send_due(NOW)
    assert CallTask.objects.get().not_before == datetime(2026, 12, 10, 14, 0, tzinfo=UTC)


def test_taking_a_message_back_takes_its_call_off_the_list():
    person = a_person()
    a_message(person, "meeting|7|set")
    delivery.send_due(NOW)
    cancel_messages(key_prefix="meeting|7|")
    assert CallTask.objects.get().state == CallState.OVERTAKEN


# --- How it ended ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "state", "unsafe"),
    [
        ("reached", CallState.REACHED, set()),
        ("letter", CallState.LETTER_SENT, set()),
        ("closed", CallState.CLOSED, set()),
        ("wrong_number", CallState.WRONG_NUMBER, {"call_safe", "voicemail_safe", "sms_safe"}),
        ("not_safe", CallState.NOT_SAFE, {"call_safe", "voicemail_safe"}),
    ],
)
def test_outcome_is_kept_and_marks_the_channel(outcome, state, unsafe):
    person, coordinator = a_person(voicemail_safe=True, sms_safe=True), a_coordinator("QC")
    task = note_call(task=a_call(person), by=coordinator, outcome=outcome, now=timezone.now())
    assert (task.state, task.finished_by) == (state, coordinator)
    kept = SafeContact.objects.get(person=person)
    assert {name for name in ("call_safe", "voicemail_safe", "sms_safe") if not getattr(kept, name)} == unsafe
    assert Entry.objects.filter(action="change", model="contact.calltask", person=person.pk).count() == 1


def test_no_answer_comes_back_in_safe_hours():
    person = a_person(hours=[[3, 540, 720]])
    task = note_call(task=a_call(person), by=a_coordinator("QC"), outcome=CallOutcome.NO_ANSWER, now=NOW)
    assert (task.state, task.attempts) == (CallState.OPEN, 1)
    assert task.not_before == datetime(2026, 12, 10, 14, 0, tzinfo=UTC)


def test_second_coordinator_is_told_that_it_is_done_and_another_region_may_not():
    task = a_call(a_person())
    with pytest.raises(Forbidden):
        note_call(task=task, by=a_coordinator("ON"), outcome="reached", now=NOW)
    note_call(task=task, by=a_coordinator("QC"), outcome="reached", now=NOW)
    with pytest.raises(DomainError, match="call_done"):
        note_call(task=task, by=a_coordinator("QC"), outcome="reached", now=NOW)


def test_message_that_is_dealt_with_leaves_the_list_and_is_audited(client):
    coordinator = a_coordinator("QC")
    message = a_failed_message(a_person())
    sign_in(client, coordinator)
    assert message.person.participant.reference in client.get(page("desk:messages")).content.decode()
    assert client.post(page("desk:message_dealt", message.pk)).status_code == 302
    assert message.person.participant.reference not in client.get(page("desk:messages")).content.decode()
    entry = Entry.objects.get(action="change", model="contact.outboxmessage")
    assert (entry.actor, entry.person, entry.fields) == (coordinator.pk, message.person_id, "dealt_with_at")
    with pytest.raises(Forbidden):
        mark_dealt_with(message=message, by=a_coordinator("ON"), now=NOW)


# --- Pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_list_and_call_are_read_with_a_trace_and_only_in_the_own_region(client, language):
    mine, other = a_call(a_person()), a_call(a_person("ON"))
    coordinator = a_coordinator("QC")
    sign_in(client, coordinator)
    html = client.get(page("desk:calls", language=language)).content.decode()
    assert mine.person.participant.reference in html
    assert other.person.participant.reference not in html
    shown = client.get(page("desk:call", mine.pk, language=language)).content.decode()
    assert "613 555 0142" in shown
    assert client.get(page("desk:call", other.pk, language=language)).status_code == 404
    assert Entry.objects.filter(action="read", actor=coordinator.pk, model="contact.calltask").count() == 2
    assert Entry.objects.filter(action="read", actor=coordinator.pk, model="contact.safecontact").count() == 1


def test_number_is_hidden_outside_the_hours_and_the_page_says_when(client):
    tomorrow = (timezone.now().astimezone().weekday() + 2) % 7
    task = a_call(a_person(hours=[[tomorrow, 540, 600]]))
    sign_in(client, a_coordinator("QC"))
    html = client.get(page("desk:call", task.pk)).content.decode()
    assert not re.search(r"555\D{0,9}0142", html)
    assert "Not at this hour." in html
    assert "The next safe moment:" in html


def test_outcome_is_noted_on_the_page(client):
    task = a_call(a_person())
    sign_in(client, a_coordinator("QC"))
    assert client.post(page("desk:call", task.pk), {"outcome": ""}).status_code == 200
    assert client.post(page("desk:call", task.pk), {"outcome": "reached"}).status_code == 302
    assert CallTask.objects.get().state == CallState.REACHED
    assert "This is done" in client.get(page("desk:call", task.pk)).content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("code", [item["code"] for item in load("call_scripts")["messages"] if item["code"] != "other"])
def test_property_26_nothing_to_say_tells_anything(code, language):
    person = a_person(language=language, voicemail_safe=True, caller_name="Library")
    task = a_call(person, code)
    OutboxMessage.objects.filter(pk=task.message_id).update(context={"at": NOW.isoformat()})
    script = script_for(CallTask.objects.get(), safe_contact_of(person))
    said = [
        script.ask_for,
        script.good_time,
        script.say,
        script.someone_else,
        script.who,
        script.voicemail,
        script.letter,
    ]
    assert all(said)
    assert neutral_violations("\n".join(said), language) == []
    assert "{" not in "".join(said)


# --- Choices that run out -------------------------------------------------------------------------


def test_person_is_asked_once_before_the_date_and_the_desk_sees_it(client):
    soon, passed, later = (
        a_person(recheck_on=timezone.localdate() + timedelta(days=days)) for days in (5, -3, 90)
    )  # fmt: skip
    assert ask_in_time(timezone.now()) == 1
    assert ask_in_time(timezone.now()) == 0
    assert list(OutboxMessage.objects.values_list("person_id", flat=True)) == [soon.pk]
    sign_in(client, a_coordinator("QC"))
    html = client.get(page("desk:rechecks")).content.decode()
    assert [one.participant.reference in html for one in (soon, passed, later)] == [True, True, False]


def test_one_click_confirms_the_choices(client):
    person = a_person(recheck_on=timezone.localdate() - timedelta(days=3), caller_name="Library")
    sign_in(client, person)
    assert "Library" in client.get(page("contact:confirm")).content.decode()
    assert client.post(page("contact:confirm"), {"months": "6"}).status_code == 302
    kept = SafeContact.objects.get(person=person)
    assert kept.recheck_on == timezone.localdate() + timedelta(days=182)
    assert (kept.caller_name, kept.call_safe, kept.phone) == ("Library", True, "613 555 0142")


def test_address_is_sealed_and_kept_only_for_letters():
    from django.db import connection

    person = a_person(post_safe=True, address="12 Quiet Lane\n\nOttawa")
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM contact_safecontact WHERE person_id = %s", [person.pk])
        assert b"Quiet" not in bytes(cursor.fetchone()[0])
    assert SafeContact.objects.get(person=person).address == "12 Quiet Lane\nOttawa"
    set_safe_contact(person=person, by=person, **(CALL | {"address": "12 Quiet Lane"}))
    assert SafeContact.objects.get(person=person).address == ""
