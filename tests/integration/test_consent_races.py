"""Withdrawing while something is being sent, and signing in two windows: each has one defined outcome."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from consent.models import Consent
from consent.services import sign, texts_in_force, withdraw
from contact import delivery
from contact.choices import OutboxState
from contact.models import OutboxMessage
from contact.services import queue_message, set_safe_contact
from psp.models import User
from tests.factories import a_participant
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
        assert smtp_sink.handed_over.wait(20)
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
    original = delivery._finish

    def withdraws_first(held, outcome, now):
        withdraw(person=person, purpose=purpose)
        original(held, outcome, now)

    # Between the mail server's answer and the note of it.
    monkeypatch.setattr(delivery, "_finish", withdraws_first)
    delivery.deliver(claimed, timezone.now())
    for hours in (0, 1, 5):
        delivery.send_due(timezone.now() + timedelta(hours=hours))
    assert smtp_sink.mails == []
    assert OutboxMessage.objects.get(pk=message.pk).state in {OutboxState.CANCELLED, OutboxState.WITHHELD}


def test_signing_in_two_windows_at_once_is_one_signature(person):
    text = texts_in_force()["results"]
    codes = [item["code"] for item in text.statements]

    def signs(_number: int) -> Consent:
        return alone(sign, person=person, version=text, language="en", ticked=codes, typed_name="A")

    with ThreadPoolExecutor(4) as windows:
        made = {consent.pk for consent in windows.map(signs, range(4))}
    assert len(made) == 1
    assert Consent.objects.filter(person=person, purpose="results").count() == 1
