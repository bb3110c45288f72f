"""Withdrawing while something is being sent, and signing in two windows: each has one defined outcome."""

from __future__ import annotations

import http.client
import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from consent.models import Consent
from consent.services import sign, texts_in_force, withdraw
from contact import choosing, delivery, noting
from contact.choices import OutboxState
from contact.gate import Gate, ShutError
from contact.models import OutboxMessage
from contact.services import queue_message, set_safe_contact
from psp.models import User
from tests.factories import a_participant, agree
from tests.smtp import HANG

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person() -> User:
    made = a_participant("QC", consents=("taking_part", "contact_email"), language="en", email="c@example.org",
                         last_login=timezone.now()).user  # fmt: skip
    set_safe_contact(person=made, by=made, email_safe=True, language="en")
    return made


def a_waiting_message(person: User) -> OutboxMessage:
    return queue_message(
        person=person, template="check_details", key=f"race|{person.pk}", context={}, due_at=timezone.now(),
        useful_until=timezone.now() + timedelta(days=2),
    )  # fmt: skip


def alone(act, *arguments, **named):
    """In a thread with a connection of its own."""
    try:
        return act(*arguments, **named)
    finally:
        connections.close_all()


@pytest.mark.parametrize("purpose", ["taking_part", "contact_email"])
def test_property_34_withdrawal_does_not_wait_for_a_mail_server_that_hangs(person, smtp_sink, purpose):
    """What was handed over before is out and is kept as sent; the withdrawal holds at once, nothing follows."""
    message = a_waiting_message(person)
    smtp_sink.script = [HANG]
    with ThreadPoolExecutor(1) as sender:
        sending = sender.submit(alone, delivery.send_one, message.pk, timezone.now())
        assert smtp_sink.handed_over.wait(150)
        withdraw(person=person, purpose=purpose)
        assert not Consent.objects.in_force(person, purpose)
        assert not sending.done(), "the withdrawal came back while the mail server still said nothing"
        smtp_sink.release.set()
        assert sending.result() == OutboxState.SENT
    delivery.send_due(timezone.now())
    assert len(smtp_sink.mails) == 1


@pytest.mark.parametrize("purpose", ["taking_part", "contact_email"])
def test_property_34_what_the_mail_server_did_not_take_is_not_tried_again_after_a_withdrawal(
    person, smtp_sink, purpose, monkeypatch
):
    message = a_waiting_message(person)
    claimed = delivery.claim(timezone.now(), only=message.pk)
    smtp_sink.script = ["451 later"]
    original = noting.finish

    def withdraws_first(*arguments):
        withdraw(person=person, purpose=purpose)
        original(*arguments)

    # Between the mail server's answer and the note of it.
    monkeypatch.setattr(noting, "finish", withdraws_first)
    delivery.deliver(claimed, timezone.now())
    for hours in (0, 1, 5):
        delivery.send_due(timezone.now() + timedelta(hours=hours))
    assert smtp_sink.mails == []
    assert OutboxMessage.objects.get(pk=message.pk).state in {OutboxState.CANCELLED, OutboxState.WITHHELD}


def during(monkeypatch, where, name, act) -> list[str]:
    """Runs `act` once, elsewhere, right after `where.name`: the message is under way and has not left."""
    original = getattr(where, name)
    done: list[str] = []

    def and_then(*arguments, **named):
        answer = original(*arguments, **named)
        if not done:
            done.append(name)
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(alone, act).result()
        return answer

    monkeypatch.setattr(where, name, and_then)
    return done


@pytest.mark.parametrize("purpose", ["taking_part", "contact_email"])
def test_property_34_nothing_leaves_once_a_withdrawal_came_back_not_even_what_the_mail_server_waits_for(
    person, smtp_sink, purpose, monkeypatch
):
    """After the last check, between the envelope and the letter itself."""
    message = a_waiting_message(person)
    done = during(monkeypatch, smtplib.SMTP, "rcpt", lambda: withdraw(person=person, purpose=purpose))
    state = delivery.send_one(message.pk, timezone.now())
    assert done == ["rcpt"]
    assert smtp_sink.mails == []
    assert not smtp_sink.handed_over.is_set()
    assert state in {OutboxState.CANCELLED, OutboxState.WITHHELD}
    delivery.send_due(timezone.now() + timedelta(hours=1))
    assert smtp_sink.mails == []


def test_property_27_mailbox_that_stops_being_safe_while_the_mail_server_is_asked_gets_nothing(
    person, smtp_sink, monkeypatch
):
    message = a_waiting_message(person)
    during(monkeypatch, smtplib.SMTP, "rcpt", lambda: set_safe_contact(person=person, by=person, email_safe=False))
    assert delivery.send_one(message.pk, timezone.now()) == OutboxState.WITHHELD
    assert smtp_sink.mails == []


def test_choices_that_change_at_the_last_moment_are_followed_and_the_message_goes_once(person, smtp_sink, monkeypatch):
    message = a_waiting_message(person)
    renamed = {"email_safe": True, "language": "en", "name_to_use": "Alex"}
    during(monkeypatch, smtplib.SMTP, "rcpt", lambda: set_safe_contact(person=person, by=person, **renamed))
    assert delivery.send_one(message.pk, timezone.now()) == OutboxState.WAITING
    delivery.send_due(timezone.now())
    assert ["Alex" in mail.body for mail in smtp_sink.mails] == [True]


def test_property_34_text_message_is_asked_once_more_when_the_line_is_open(person, notify, monkeypatch):
    agree(person, "contact_sms")
    withdraw(person=person, purpose="contact_email")
    set_safe_contact(person=person, by=person, email_safe=False, sms_safe=True, phone="613 555 0123")
    message = a_waiting_message(person)
    done = during(
        monkeypatch, http.client.HTTPConnection, "connect", lambda: withdraw(person=person, purpose="contact_sms")
    )
    assert delivery.send_one(message.pk, timezone.now()) == OutboxState.CANCELLED
    assert (done, notify.taken) == (["connect"], [])


def test_property_34_withdrawal_waits_the_moment_in_which_a_message_leaves(person):
    """Held for the bytes of the message, not for any answer: then the withdrawal holds, and the gate is shut."""
    message = a_waiting_message(person)
    claimed = delivery.claim(timezone.now())
    with ThreadPoolExecutor(1) as elsewhere:
        with Gate(claimed, [message.pk]) as through:
            withdrawing = elsewhere.submit(alone, withdraw, person=person, purpose="taking_part")
            with pytest.raises(TimeoutError):
                withdrawing.result(0.3)
            through.open()
            through.check()
        assert withdrawing.result(240) == 1
        with pytest.raises(ShutError):
            through.check()
    with Gate(claimed, [message.pk]) as again:
        decided = [choosing.decide(one, again.known, timezone.now()) for one in again.messages]
    assert [one.state for one in decided] == [OutboxState.CANCELLED]


def test_signing_in_two_windows_at_once_is_one_signature(person):
    text = texts_in_force()["results"]
    codes = [item["code"] for item in text.statements]

    def signs(_number: int) -> Consent:
        return alone(sign, person=person, version=text, language="en", ticked=codes, typed_name="A")

    with ThreadPoolExecutor(4) as windows:
        made = {consent.pk for consent in windows.map(signs, range(4))}
    assert len(made) == 1
    assert Consent.objects.filter(person=person, purpose="results").count() == 1
