"""Crashes, races and redelivery: at most one message per key, and never a second one in doubt ([security] 38)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from contact import delivery, tasks
from contact.choices import OutboxState
from contact.models import OutboxMessage
from contact.services import queue_message, set_safe_contact
from psp.models import User
from tests.factories import a_participant
from tests.smtp import HANG, HOST, Sink

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 12, 9, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=11)


def a_reachable_person() -> User:
    person = a_participant(consents=("taking_part", "contact_email")).user
    set_safe_contact(person=person, by=person, email_safe=True)
    return person


def a_message(person: User, key: str = "check|1") -> OutboxMessage:
    return queue_message(
        person=person, template="check_details", key=key, context={}, due_at=NOW, useful_until=NOW + timedelta(days=2)
    )


@contextmanager
def a_sender(sink: Sink, now: datetime = NOW) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py send_due` as a process of its own, which may be killed."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "send_due", "--now", now.isoformat()],
        env={**os.environ, "EMAIL_URL": f"smtp://{HOST}:{sink.port}"}, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)


def state_of(message: OutboxMessage) -> str:
    return OutboxMessage.objects.get(pk=message.pk).state


def test_property_38_four_senders_at_once_send_each_message_once(smtp_sink):
    people = [a_reachable_person() for _ in range(3)]
    messages = [a_message(person, f"check|{number}|{person.pk}") for number in range(8) for person in people]
    failures: list[BaseException] = []

    def work() -> None:
        try:
            delivery.send_due(NOW)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    ids = [mail.message["Message-ID"] for mail in smtp_sink.mails]
    assert len(ids) == len(set(ids)) == len(messages)
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.SENT}


def test_property_38_three_processes_at_once_send_each_message_once(smtp_sink):
    person = a_reachable_person()
    messages = [a_message(person, f"check|{number}") for number in range(12)]
    with a_sender(smtp_sink) as one, a_sender(smtp_sink) as two, a_sender(smtp_sink) as three:
        assert [process.wait(60) for process in (one, two, three)] == [0, 0, 0]
    assert len(smtp_sink.mails) == len({mail.message["Message-ID"] for mail in smtp_sink.mails}) == len(messages)


def test_property_38_kill_before_the_250_is_unknown_and_never_sent_again(smtp_sink):
    smtp_sink.script = [HANG]
    message = a_message(a_reachable_person())
    with a_sender(smtp_sink) as process:
        assert smtp_sink.handed_over.wait(150)
        kill(process)
    smtp_sink.release.set()
    assert state_of(message) == OutboxState.SENDING
    for moment in (NOW, LATER, NOW + timedelta(days=1)):
        delivery.send_due(moment)
    assert state_of(message) == OutboxState.UNKNOWN
    assert len(smtp_sink.mails) == 1


def test_property_38_kill_after_the_250_is_known_as_sent_and_never_sent_again(smtp_sink):
    smtp_sink.script = [HANG]
    message = a_message(a_reachable_person())
    with a_sender(smtp_sink) as process, psycopg.connect(os.environ["DATABASE_URL"]) as other:
        assert smtp_sink.handed_over.wait(150)
        # Nobody can note the outcome while this row is locked.
        other.execute("SELECT 1 FROM contact_outboxmessage WHERE id = %s FOR UPDATE", [message.pk])
        smtp_sink.release.set()
        _wait_until_blocked(other)
        kill(process)
    assert state_of(message) == OutboxState.SENDING
    delivery.send_due(NOW)
    delivery.send_due(NOW + timedelta(days=1))
    assert state_of(message) == OutboxState.SENT
    assert len(smtp_sink.mails) == 1


def _wait_until_blocked(other: psycopg.Connection) -> None:
    """Until another session waits for the lock that this one holds: it has its 250."""
    own = other.execute("SELECT pg_backend_pid()").fetchone()
    assert own is not None
    for _ in range(1500):
        row = other.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))", [own[0]]
        ).fetchone()
        if row and row[0]:
            return
        time.sleep(0.1)
    raise AssertionError("the sender never came back from the mail server")


def test_property_38_task_delivered_twice_sends_once(smtp_sink):
    message = queue_message(person=a_reachable_person(), template="check_details", key="check|twice", context={})
    tasks.send_one(str(message.pk))
    tasks.send_one(str(message.pk))
    tasks.send_due()
    assert len(smtp_sink.mails) == 1


def test_property_34_withdrawal_while_another_message_hangs(smtp_sink):
    """A sender that is busy elsewhere asks for consent only when it comes to the next message."""
    from consent.services import withdraw

    smtp_sink.script = [HANG]
    first, second = a_reachable_person(), a_reachable_person()
    a_message(first, "check|first")
    later = a_message(second, "check|second")
    OutboxMessage.objects.filter(pk=later.pk).update(due_at=NOW + timedelta(seconds=1))
    with a_sender(smtp_sink, NOW + timedelta(seconds=2)) as process:
        assert smtp_sink.handed_over.wait(150)
        withdraw(person=second, purpose="contact_email")
        smtp_sink.release.set()
        assert process.wait(240) == 0
    assert len(smtp_sink.mails) == 1
    assert state_of(later) == OutboxState.CANCELLED


# --- A sender with several messages ------------------------------------------------------------------


def several(number: int) -> list[OutboxMessage]:
    person = a_reachable_person()
    rows = [a_message(person, f"several|{place}") for place in range(number)]
    for place, row in enumerate(rows):
        OutboxMessage.objects.filter(pk=row.pk).update(due_at=NOW - timedelta(minutes=number - place))
    return rows


def ids(sink: Sink) -> list[str]:
    return [str(mail.message["Message-ID"]) for mail in sink.mails]


@pytest.mark.parametrize("place", [0, 2, 4])
def test_property_38_killed_at_any_message_of_a_turn_one_is_in_doubt_and_none_is_lost(smtp_sink, place):
    """What left before is known as sent, what had not left goes with the next pass, a minute later and not ten."""
    smtp_sink.script = ["250 OK"] * place + [HANG]
    rows = several(5)
    with a_sender(smtp_sink) as process:
        _wait_for(lambda: len(smtp_sink.mails) == place + 1)
        kill(process)
    smtp_sink.release.set()
    _wait_for(lambda: not _locked())
    delivery.send_due(NOW + timedelta(minutes=1))
    wanted = [OutboxState.SENT] * 5
    wanted[place] = OutboxState.UNKNOWN
    assert [state_of(row) for row in rows] == wanted
    assert len(ids(smtp_sink)) == len(set(ids(smtp_sink))) == 5


def test_property_38_sender_frozen_past_the_limit_of_its_claim_sends_nothing_twice_when_it_wakes(smtp_sink):
    smtp_sink.script = ["250 OK", HANG]
    rows = several(5)
    with a_sender(smtp_sink) as process:
        _wait_for(lambda: len(smtp_sink.mails) == 2)
        os.kill(process.pid, signal.SIGSTOP)
        _wait_for(lambda: not _locked())  # the database gives up on its locks by itself
        delivery.send_due(LATER)
        U, S = OutboxState.UNKNOWN, OutboxState.SENT  # noqa: N806
        states = [state_of(row) for row in rows]
        smtp_sink.release.set()
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait(240) == 0
    # The first was answered and not yet noted: its mark says so.
    assert states == [S, U, S, S, S] == [state_of(row) for row in rows]
    assert len(ids(smtp_sink)) == len(set(ids(smtp_sink))) == 5


def _locked() -> bool:
    """Whether another session holds rows of the outbox."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        free = other.execute("SELECT id FROM contact_outboxmessage FOR UPDATE SKIP LOCKED").fetchall()
        return len(free) < OutboxMessage.objects.count()


def _wait_for(happens, seconds: float = 150) -> None:
    for _try in range(int(seconds * 20)):
        if happens():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")
