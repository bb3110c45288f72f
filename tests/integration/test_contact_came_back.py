"""Messages that left and did not arrive: a mail server's report becomes a task for somebody, once."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consent.services import withdraw
from contact import came_back, delivery
from contact.call_pages import reason_text
from contact.choices import CallState, OutboxState
from contact.models import CallTask, OutboxMessage
from contact.services import queue_message, send_code, set_safe_contact
from contact.takeover import CAME_BACK
from contact.tasks import note_texts
from psp.audit.models import Entry
from tests.factories import a_participant

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 8, 19, 0, tzinfo=UTC)


@pytest.fixture
def person():
    made = a_participant(consents=("taking_part", "contact_email"), email="canary@example.org", last_login=NOW).user
    set_safe_contact(person=made, by=made, email_safe=True, language="en")
    return made


@pytest.fixture
def message(person, smtp_sink) -> OutboxMessage:
    """It was sent over SMTP; `smtp_sink` holds it."""
    made = queue_message(
        person=person, template="check_details", key="recheck|1", context={}, due_at=NOW,
        useful_until=NOW + timedelta(days=7),
    )  # fmt: skip
    delivery.send_due(NOW)
    made.refresh_from_db()
    assert made.state == OutboxState.SENT
    return made


REPORT = """\
From: MAILER-DAEMON@mx.example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; canary@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

{repeated}--b1--
"""
HEADERS = "Message-ID: {id}\nSubject: Your messages\nContent-Type: text/plain; charset=utf-8\n\n"


def a_report(message_id: str, *, action: str = "failed", kind: str = "text/rfc822-headers") -> bytes:
    """As mail servers write it (RFC 3462, RFC 3464), about a message with this id; "" repeats nothing of it."""
    body = "Something.\n\n" if kind == "message/rfc822" else ""
    repeated = f"--b1\nContent-Type: {kind}\n\n{HEADERS.format(id=message_id)}{body}" if message_id else ""
    return REPORT.format(action=action, repeated=repeated).encode()


def read(report: bytes, monkeypatch, capsys) -> str:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(report)))
    call_command("note_bounce")
    return str(capsys.readouterr().out)


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_report_of_a_mail_server_becomes_a_task_once(message, smtp_sink, monkeypatch, capsys, kind):
    report = a_report(smtp_sink.mails[0].message["Message-ID"], kind=kind)
    assert "did not arrive" in read(report, monkeypatch, capsys)
    assert "nothing was noted" in read(report, monkeypatch, capsys)
    message.refresh_from_db()
    assert (message.state, message.reason) == (OutboxState.SENT, CAME_BACK)
    task = CallTask.objects.get()
    assert (task.person_id, task.state, task.reason) == (message.person_id, CallState.OPEN, CAME_BACK)
    assert "came back" in reason_text(task.reason)
    noted = Entry.objects.filter(person=message.person_id, model="contact.outboxmessage", action="change")
    assert [entry.fields for entry in noted] == ["reason"]


def test_property_38_what_came_back_is_never_sent_again(message, smtp_sink):
    came_back.note(message.pk, NOW)
    delivery.send_due(NOW + timedelta(hours=1))
    assert len(smtp_sink.mails) == 1


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_word_of_a_delay_or_of_success_is_no_task(message, smtp_sink, monkeypatch, capsys, action):
    report = a_report(smtp_sink.mails[0].message["Message-ID"], action=action)
    assert "nothing was noted" in read(report, monkeypatch, capsys)
    assert not CallTask.objects.exists()


@pytest.mark.parametrize(
    "report",
    [
        b"From: somebody@example.org\nSubject: Out of office\n\nI am away.\n",
        a_report("<00000000-0000-4000-8000-000000000000@elsewhere.example>"),
        a_report("<not-one-of-ours@localhost>"),
        a_report(""),
        b"\xff\xfe\x00 not a mail at all",
    ],
    ids=["away", "of another domain", "no number of ours", "repeats nothing", "no mail"],
)
def test_whatever_else_a_mailbox_receives_changes_nothing(message, monkeypatch, capsys, report):
    assert "nothing was noted" in read(report, monkeypatch, capsys)
    message.refresh_from_db()
    assert (message.reason, CallTask.objects.count()) == ("", 0)


def test_report_about_what_never_left_changes_nothing(person):
    waiting = queue_message(
        person=person, template="check_details", key="recheck|2", context={}, due_at=NOW + timedelta(days=1)
    )  # fmt: skip
    assert not came_back.note(waiting.pk, NOW)
    waiting.refresh_from_db()
    assert waiting.state == OutboxState.WAITING


def test_what_was_perhaps_sent_and_came_back_is_a_task_too(message):
    OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxState.UNKNOWN, reason="connection_lost")
    assert came_back.note(message.pk, NOW)
    message.refresh_from_db()
    assert (message.state, message.reason) == (OutboxState.UNKNOWN, CAME_BACK)
    assert CallTask.objects.count() == 1


def test_code_that_came_back_is_nobodys_task(person, smtp_sink):
    code = send_code(user=person, code="123456")
    delivery.send_one(code.pk, timezone.now())
    assert came_back.note(code.pk, timezone.now())
    assert not CallTask.objects.exists()


def test_property_34_whoever_stopped_taking_part_is_not_called_about_it(message, person):
    withdraw(person=person, purpose="taking_part", by=person)
    assert came_back.note(message.pk, NOW)
    assert not CallTask.objects.exists()


@pytest.mark.parametrize(("report", "word"), [(b"  \n", "Nothing"), (b"x" * 1_000_001, "too long")])
def test_what_is_no_report_at_all_is_refused_with_a_sentence(monkeypatch, capsys, report, word):
    with pytest.raises(CommandError, match=word) as refused:
        read(report, monkeypatch, capsys)
    assert refused.value.returncode == 2


# --- Text messages --------------------------------------------------------------------------------


@pytest.fixture
def text(notify) -> OutboxMessage:
    """It was taken by the stand-in for GC Notify."""
    made = a_participant(consents=("taking_part", "contact_sms"), email="canary@example.org", last_login=NOW).user
    set_safe_contact(
        person=made, by=made, email_safe=False, sms_safe=True, phone="613 555 0142", first_choice="sms", language="en"
    )
    text = queue_message(
        person=made, template="check_details", key="recheck|3", context={}, due_at=NOW,
        useful_until=NOW + timedelta(days=7),
    )  # fmt: skip
    delivery.send_due(NOW)
    text.refresh_from_db()
    assert (text.state, text.channel) == (OutboxState.SENT, "sms")
    return text


def test_text_that_did_not_arrive_becomes_a_task_once(text, notify):
    notify.failed = [str(text.pk), "of-another-program", "00000000-0000-4000-8000-000000000000"]
    assert came_back.note_texts(NOW) == 1
    assert came_back.note_texts(NOW) == 0
    assert CallTask.objects.get().message_id == text.pk


def test_all_pages_of_what_did_not_arrive_are_read(text, notify):
    notify.failed = [*(f"older-{number}" for number in range(600)), str(text.pk)]
    assert came_back.note_texts(NOW) == 1


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_service_that_does_not_answer_is_asked_again_an_hour_later(text, notify, status):
    notify.failed, notify.script = [str(text.pk)], [status]
    note_texts.apply(throw=True)
    assert not CallTask.objects.exists()
    note_texts.apply(throw=True)
    assert CallTask.objects.count() == 1


def test_without_that_service_nobody_is_asked(settings):
    settings.PSP_SMS = "local"
    assert came_back.note_texts(NOW) == 0
