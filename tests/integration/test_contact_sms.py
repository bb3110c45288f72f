"""Text messages through a stand-in for GC Notify: once, by the right way, and never again in doubt ([security] 38)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from contact import delivery
from contact.choices import OutboxState
from contact.models import CallTask, OutboxMessage
from contact.services import queue_message, send_code, set_safe_contact
from psp.demo import mailbox
from psp.models import User
from tests.factories import a_participant
from tests.gc_notify import DROP, HANG

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 9, 0, 0, tzinfo=UTC)
ALL = ("taking_part", "contact_email", "contact_sms", "contact_phone", "contact_post")
NUMBER = "(613) 555-0142"


@pytest.fixture(autouse=True)
def _no_guards(monkeypatch):
    monkeypatch.setattr("contact.registry._guards", {})


def a_person(*, consents=ALL, **choices) -> User:
    person = a_participant(consents=consents, email="canary@example.org", last_login=NOW).user
    wishes = {"email_safe": False, "sms_safe": True, "phone": NUMBER, "first_choice": "sms", "language": "en"}
    set_safe_contact(person=person, by=person, **(wishes | choices))
    return person


def a_message(person: User, key: str = "m|1", template: str = "decision_ready", **fields) -> OutboxMessage:
    values = {"context": {}, "due_at": NOW, "useful_until": NOW + timedelta(days=2)} | fields
    return queue_message(person=person, template=template, key=key, **values)


def fresh(message: OutboxMessage) -> OutboxMessage:
    return OutboxMessage.objects.get(pk=message.pk)


def test_text_message_is_handed_over_as_documented_and_kept_as_it_went(notify):
    message = a_message(a_person(name_to_use="Alex"))
    assert delivery.send_due(NOW)[OutboxState.SENT] == 1
    (body,) = notify.taken
    assert (body["phone_number"], body["reference"]) == ("+16135550142", str(message.pk))
    text = body["personalisation"]["text"]
    assert text.startswith("Hello Alex, There is news for you here: http")
    kept = fresh(message)
    assert (kept.state, kept.channel, kept.subject, kept.body) == (OutboxState.SENT, "sms", "", text)


def test_rate_limit_is_respected_and_each_message_goes_once(notify):
    notify.limit = 3
    person = a_person()
    messages = [a_message(person, f"m|{number}") for number in range(5)]
    delivery.send_due(NOW)
    assert len(notify.taken) == 3
    waiting = [one for one in map(fresh, messages) if one.state == OutboxState.WAITING]
    assert [(one.reason, one.due_at) for one in waiting] == [("try_later", NOW + timedelta(minutes=1))] * 2
    notify.limit = 1000
    delivery.send_due(NOW + timedelta(minutes=1))
    assert sorted(body["reference"] for body in notify.taken) == sorted(str(one.pk) for one in messages)


@pytest.mark.parametrize("status", [429, 500, 503, 403])
def test_soft_refusal_is_tried_again_and_then_sent_once(notify, status):
    notify.script = [status]
    message = a_message(a_person())
    delivery.send_due(NOW)
    assert (fresh(message).state, fresh(message).attempts, notify.taken) == (OutboxState.WAITING, 1, [])
    delivery.send_due(NOW + timedelta(minutes=1))
    assert (fresh(message).state, len(notify.taken)) == (OutboxState.SENT, 1)


def test_wrong_key_waits_for_somebody_to_mend_it(notify, settings):
    key, settings.GC_NOTIFY_API_KEY = settings.GC_NOTIFY_API_KEY, "wrong"
    message = a_message(a_person())
    delivery.send_due(NOW)
    assert (fresh(message).state, notify.taken) == (OutboxState.WAITING, [])
    settings.GC_NOTIFY_API_KEY = key
    delivery.send_due(NOW + timedelta(minutes=1))
    assert fresh(message).state == OutboxState.SENT


def test_final_refusal_fails_and_becomes_a_call(notify):
    notify.script = [400]
    message = a_message(a_person())
    delivery.send_due(NOW)
    delivery.send_due(NOW + timedelta(days=1))
    assert (fresh(message).state, fresh(message).reason, notify.taken) == (OutboxState.FAILED, "refused", [])
    assert CallTask.objects.get().message_id == message.pk


@pytest.mark.parametrize("step", [DROP, HANG, 502, 504])
def test_property_38_unknown_outcome_is_never_sent_again(notify, settings, step):
    settings.GC_NOTIFY_TIMEOUT = 0.3
    notify.script = [step]
    message = a_message(a_person())
    for moment in (NOW, NOW + timedelta(minutes=11), NOW + timedelta(days=1)):
        delivery.send_due(moment)
    assert (fresh(message).state, fresh(message).reason) == (OutboxState.UNKNOWN, "connection_lost")
    assert len(notify.taken) == (1 if step in (DROP, HANG) else 0)
    assert not CallTask.objects.exists()


def test_provider_that_is_away_is_tried_again(notify, settings):
    address, settings.GC_NOTIFY_URL = settings.GC_NOTIFY_URL, "http://127.0.0.1:1"
    message = a_message(a_person())
    delivery.send_due(NOW)
    assert fresh(message).state == OutboxState.WAITING
    settings.GC_NOTIFY_URL = address
    delivery.send_due(NOW + timedelta(minutes=1))
    assert len(notify.taken) == 1


def test_number_and_text_are_in_no_log(notify, caplog):
    notify.script = [400, 500, DROP]
    person = a_person(name_to_use="Zaunkoenig")
    for number in range(4):
        a_message(person, f"m|{number}")
    delivery.send_due(NOW)
    for canary in ("Zaunkoenig", "news for you"):
        assert canary not in caplog.text
    assert not re.search(r"555\D{0,9}0142", caplog.text)


# --- Which way ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "safe", "way"),
    [
        ("email", {"email_safe": True, "sms_safe": True}, "email"),
        ("sms", {"email_safe": True, "sms_safe": True}, "sms"),
        ("email", {"sms_safe": True}, "sms"),
        ("sms", {"email_safe": True, "sms_safe": False}, "email"),
        ("phone", {"email_safe": True, "call_safe": True}, "phone"),
        ("phone", {"email_safe": True}, "email"),
        ("email", {"sms_safe": False, "call_safe": True}, "phone"),
        ("post", {"email_safe": True, "post_safe": True, "address": "1 Main St"}, "post"),
        ("email", {"sms_safe": False, "post_safe": True, "address": "1 Main St"}, "post"),
    ],
)
def test_first_safe_way_in_the_order_of_preference_is_chosen(notify, smtp_sink, first, safe, way):
    message = a_message(a_person(**({"first_choice": first} | safe)))
    delivery.send_due(NOW)
    assert fresh(message).channel == way
    assert (len(smtp_sink.mails), len(notify.taken)) == (int(way == "email"), int(way == "sms"))
    assert CallTask.objects.count() == (way in ("phone", "post"))
    assert fresh(message).state == (OutboxState.SENT if way in ("email", "sms") else OutboxState.TO_CALL)


@pytest.mark.parametrize(("lacking", "way"), [("contact_email", "sms"), ("contact_sms", "email")])
def test_no_channel_is_used_without_its_own_consent(notify, smtp_sink, lacking, way):
    message = a_message(a_person(consents=[one for one in ALL if one != lacking], email_safe=True))
    delivery.send_due(NOW)
    assert fresh(message).channel == way


def test_way_is_chosen_again_at_the_moment_of_sending(notify, smtp_sink):
    person = a_person()
    message = a_message(person)
    set_safe_contact(person=person, by=person, email_safe=True, sms_safe=False)
    delivery.send_due(NOW)
    assert (fresh(message).channel, len(smtp_sink.mails), notify.taken) == ("email", 1, [])


def test_without_a_provider_the_next_safe_way_is_used(smtp_sink, settings):
    settings.PSP_SMS = "none"
    message = a_message(a_person(email_safe=True))
    delivery.send_due(NOW)
    assert (fresh(message).state, fresh(message).channel) == (OutboxState.SENT, "email")


def test_code_goes_by_text_message_where_the_mailbox_is_not_safe(notify, smtp_sink):
    person = a_person()
    send_code(user=person, code="918273")
    delivery.send_due(timezone.now())
    assert (smtp_sink.mails, len(notify.taken)) == ([], 1)
    assert "918273" in notify.taken[0]["personalisation"]["text"]
    assert "918273" not in OutboxMessage.objects.get().body


def test_demo_shows_text_messages_in_its_mailbox(settings, tmp_path, client):
    settings.PSP_SMS, settings.PSP_DATA = "local", tmp_path
    a_message(a_person())
    delivery.send_due(NOW)
    (letter,) = mailbox.letters(tmp_path / "mail", most=5)
    assert (letter.is_text, letter.to) == (True, "+16135550142")
    assert "There is news for you here" in client.get("/demo/mailbox/").content.decode()


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"PSP_SMS": "pigeon"}, "contact.E001"),
        ({"PSP_SMS": "local", "PSP_DEMO": False}, "contact.E002"),
        ({"PSP_SMS": "gc_notify", "GC_NOTIFY_API_KEY": ""}, "contact.E003"),
        (
            {"PSP_SMS": "gc_notify", "GC_NOTIFY_API_KEY": "k", "GC_NOTIFY_TEMPLATE_ID": "t",
             "GC_NOTIFY_URL": "http://api.example"},
            "contact.E004",
        ),
    ],
)  # fmt: skip
def test_operator_hears_of_half_a_set_up(settings, changes, found):
    for name, value in changes.items():
        setattr(settings, name, value)
    assert [problem.id for problem in run_checks() if problem.id.startswith("contact.E")] == [found]
