"""What was handed over is known outside the database, so that a restored one does not send it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from contact import delivery, sends
from contact.choices import OutboxState
from contact.models import OutboxMessage, SentBefore
from contact.services import queue_message, set_safe_contact
from tests.factories import a_participant

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 12, 9, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def book(settings, tmp_path):
    settings.PSP_SEND_LEDGER = tmp_path / "ledgers" / "sends.log"
    return settings.PSP_SEND_LEDGER


def a_message(key: str) -> OutboxMessage:
    person = a_participant(consents=("taking_part", "contact_email")).user
    set_safe_contact(person=person, by=person, email_safe=True)
    return queue_message(
        person=person, template="check_details", key=key, context={}, due_at=NOW, useful_until=NOW + timedelta(days=2)
    )


def test_every_message_is_noted_before_it_leaves_by_a_digest_alone(smtp_sink, book):
    a_message("check|canary")
    assert delivery.send_due(NOW)["sent"] == 1
    assert list(sends.noted()) == [sends.digest_of("check|canary")]
    assert "canary" not in book.read_text()
    assert book.stat().st_mode & 0o777 == 0o600


def test_nothing_leaves_when_it_cannot_be_noted(smtp_sink, settings, tmp_path):
    blocked = tmp_path / "a file, no folder"
    blocked.touch()
    settings.PSP_SEND_LEDGER = blocked / "sends.log"
    message = a_message("check|1")
    assert delivery.send_due(NOW)["sent"] == 0
    assert smtp_sink.mails == []
    # It waits for somebody to mend the disk, and is not lost.
    assert OutboxMessage.objects.get(pk=message.pk).state == OutboxState.WAITING
    settings.PSP_SEND_LEDGER = tmp_path / "sends.log"
    assert delivery.send_due(NOW)["sent"] == 1


def test_property_38_restored_outbox_sends_nothing_that_left_before(smtp_sink):
    sends.note("check|1")
    restored, new = a_message("check|1"), a_message("check|2")
    call_command("replay_sends", verbosity=0)
    call_command("replay_sends", verbosity=0)
    assert SentBefore.objects.count() == 1
    delivery.send_due(NOW)
    found = OutboxMessage.objects.get(pk=restored.pk)
    assert (found.state, found.reason) == (OutboxState.UNKNOWN, "restored")
    assert OutboxMessage.objects.get(pk=new.pk).state == OutboxState.SENT
    assert len(smtp_sink.mails) == 1


def test_line_that_was_never_whole_is_left_out(book):
    sends.note("one")
    with book.open("a") as file:
        file.write("123 abc")
    assert len(list(sends.noted())) == 1
