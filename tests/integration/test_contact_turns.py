"""Several messages in one turn: one line, one look, one note, the same promises for each ([security] 27, 34, 38)."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.services import withdraw
from contact import delivery, envelopes, gate, letters, marks
from contact.choices import OutboxState
from contact.gate import Gate, ShutError
from contact.models import OutboxMessage
from contact.services import queue_message, set_safe_contact
from psp.models import User
from tests.factories import a_participant
from tests.guards import guarding
from tests.smtp import DROP, HANG

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 12, 9, 0, 0, tzinfo=UTC)


def a_person(**choices) -> User:
    made = a_participant(consents=("taking_part", "contact_email"), language="en", last_login=NOW).user
    set_safe_contact(person=made, by=made, **({"email_safe": True, "language": "en"} | choices))
    return made


def messages(number: int, *people: User, template: str = "check_details") -> list[OutboxMessage]:
    """One after the other, to these people in turn."""
    made = people or (a_person(),)
    return [
        queue_message(person=made[place % len(made)], template=template, key=f"turn|{place}", context={},
                      due_at=NOW + timedelta(seconds=place), useful_until=NOW + timedelta(days=2))
        for place in range(number)
    ]  # fmt: skip


THEN = NOW + timedelta(minutes=2)


def states(rows: list[OutboxMessage]) -> list[str]:
    found = dict(OutboxMessage.objects.values_list("pk", "state"))
    return [found[row.pk] for row in rows]


def ids(sink) -> list[str]:
    return [str(mail.message["Message-ID"]) for mail in sink.mails]


def until_let_go(rows: list[OutboxMessage]) -> None:
    """Until a sender that waits for its server holds none of them any more."""
    deadline = time.monotonic() + 60
    free = OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).select_for_update(skip_locked=True)
    while True:
        with transaction.atomic():
            if len(free.all()) == len(rows):
                return
        assert time.monotonic() < deadline
        time.sleep(0.05)


def elsewhere(act, *arguments, **named):
    """In a thread with a connection of its own."""
    try:
        return act(*arguments, **named)
    finally:
        connections.close_all()


def test_a_turn_costs_as_many_questions_for_forty_as_for_ten(smtp_sink, monkeypatch):
    monkeypatch.setattr(gate, "HOLD", 60)
    people = [a_person() for _number in range(5)]
    delivery.send_due(NOW)  # what is asked once in a process
    taken = []
    for number in (10, 40):
        OutboxMessage.objects.all().delete()
        messages(number, *people)
        with CaptureQueriesContext(connection) as asked:
            assert delivery.send_some(THEN)[OutboxState.SENT] == number
        taken.append(len(asked))
    assert taken[0] == taken[1]
    assert (len(smtp_sink.mails), smtp_sink.connections) == (50, 2)


def test_as_many_turns_are_shared_as_what_is_due_fills_and_no_more_than_there_are_senders(monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 2)
    messages(5)
    assert [delivery.turns_due(when, 10) for when in (NOW - timedelta(days=1), NOW, THEN)] == [0, 1, 3]
    assert delivery.turns_due(THEN, 2) == 2


def test_server_that_takes_few_messages_from_one_connection_gets_several(smtp_sink):
    smtp_sink.most = 3
    rows = messages(8)
    assert delivery.send_due(THEN)[OutboxState.SENT] == 8
    assert (len(set(ids(smtp_sink))), smtp_sink.connections) == (8, 3)
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}
    assert states(rows) == [OutboxState.SENT] * 8


def test_refusals_in_between_hold_up_nobody_and_count_for_their_own_message(smtp_sink):
    smtp_sink.script = ["250 OK", "451 later", "554 no", "250 OK"]
    rows = messages(5)
    delivery.send_due(THEN)
    S, W, F = OutboxState.SENT, OutboxState.WAITING, OutboxState.FAILED  # noqa: N806
    assert states(rows) == [S, W, F, S, S]
    delivery.send_due(THEN + timedelta(minutes=1))
    assert states(rows) == [S, S, F, S, S]
    assert len(ids(smtp_sink)) == len(set(ids(smtp_sink))) == 4


@pytest.mark.parametrize("step", [DROP, HANG])
def test_property_38_server_that_dies_after_one_message_leaves_the_others_waiting(smtp_sink, settings, step):
    settings.EMAIL_TIMEOUT = 1
    smtp_sink.script = ["250 OK", step]
    rows = messages(5)
    assert delivery.send_due(THEN)["put_off"] == 1
    U, S, W = OutboxState.UNKNOWN, OutboxState.SENT, OutboxState.WAITING  # noqa: N806
    assert states(rows) == [S, U, W, W, W]
    delivery.send_due(THEN + timedelta(minutes=1))
    assert states(rows) == [S, U, S, S, S]
    assert len(ids(smtp_sink)) == len(set(ids(smtp_sink))) == 5


def test_message_that_cannot_be_handled_holds_up_none_of_the_others(smtp_sink):
    rows = messages(4)
    broken = rows[1].pk

    def breaks(message: OutboxMessage) -> bool:
        if message.pk == broken:
            raise RuntimeError("no such thing")
        return True

    with guarding("check_details", breaks):
        delivery.send_due(THEN)
    S, W = OutboxState.SENT, OutboxState.WAITING  # noqa: N806
    assert states(rows) == [S, W, S, S]
    delivery.send_due(THEN + timedelta(minutes=1))
    assert states(rows) == [S, S, S, S]


# --- 34: whoever withdraws --------------------------------------------------------------------------


def test_property_34_withdrawal_within_a_turn_holds_for_what_has_not_left(smtp_sink):
    """The server hangs on another's message: the withdrawal comes back at once, and nothing of this person follows."""
    first, second = a_person(), a_person()
    smtp_sink.script = [HANG]
    rows = messages(2, first, second)
    with ThreadPoolExecutor(1) as sender:
        sending = sender.submit(elsewhere, delivery.send_due, THEN)
        assert smtp_sink.handed_over.wait(150)
        begun = timezone.now()
        withdraw(person=second, purpose="taking_part")
        assert (timezone.now() - begun).total_seconds() < gate.HOLD + 2
        assert not sending.done()
        smtp_sink.release.set()
        sending.result(150)
    assert states(rows) == [OutboxState.SENT, OutboxState.CANCELLED]
    assert len(smtp_sink.mails) == 1


def test_property_34_server_that_takes_its_time_shuts_the_gate_and_nothing_leaves_after_the_withdrawal(smtp_sink):
    """It hangs before the message itself: the locks are let go, and what comes next is looked at anew."""
    people = [a_person(), a_person()]
    smtp_sink.slow = 60
    rows = messages(2, *people)
    with ThreadPoolExecutor(1) as sender:
        sending = sender.submit(elsewhere, delivery.send_due, THEN)
        assert smtp_sink.asked.wait(150)
        for person in people:
            withdraw(person=person, purpose="contact_email")
        seen = len(smtp_sink.mails)
        smtp_sink.slow = 0
        smtp_sink.quick.set()
        sending.result(240)
    assert seen == len(smtp_sink.mails) == 0
    assert states(rows) == [OutboxState.CANCELLED] * 2


def test_slow_server_gets_every_message_once(smtp_sink):
    smtp_sink.slow = gate.HOLD * 1.2
    rows = messages(3)
    delivery.send_due(THEN)
    assert states(rows) == [OutboxState.SENT] * 3
    assert len(ids(smtp_sink)) == len(set(ids(smtp_sink))) == 3


def test_property_34_sender_that_stands_still_holds_nobody_up_and_sends_nothing_when_it_wakes(smtp_sink, monkeypatch):
    """The database gives up on it; its gate is shut, whatever its clock says."""
    monkeypatch.setattr(gate, "STANDSTILL", 1)
    monkeypatch.setattr(gate, "HOLD", 60)
    person = a_person()
    (row,) = messages(1, person)
    claimed = delivery.claim(THEN)
    with ThreadPoolExecutor(1) as other, Gate(claimed, [row.pk]) as passage:
        passage.open()
        passage.check()
        assert other.submit(elsewhere, withdraw, person=person, purpose="taking_part").result(150) == 1
        with pytest.raises(ShutError):
            passage.check()
    delivery.deliver(claimed, THEN)
    assert (smtp_sink.mails, states([row])) == ([], [OutboxState.CANCELLED])


def test_account_that_somebody_holds_lets_the_others_pass(smtp_sink):
    held, other = a_person(), a_person()
    rows = messages(4, held, other)
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as sender:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM psp_user WHERE id = %s FOR NO KEY UPDATE", [held.pk])
        sending = sender.submit(elsewhere, delivery.send_due, THEN)
        for _try in range(200):
            if len(smtp_sink.mails) == 2 or sending.done():
                break
            smtp_sink.handed_over.wait(0.05)
            smtp_sink.asked.wait(0.05)
            connection.ensure_connection()
            cursor.execute("SELECT pg_sleep(0.05)")
        assert [mail.recipients[0] for mail in smtp_sink.mails] == [other.sealed_email] * 2
        cursor.execute("COMMIT")
        sending.result(150)
    assert states(rows) == [OutboxState.SENT] * 4


# --- 38: senders that die, and clocks that move -------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "state"),
    [(None, OutboxState.WAITING), (marks.LEAVING, OutboxState.UNKNOWN), (marks.TAKEN, OutboxState.SENT),
     (marks.BACK, OutboxState.WAITING)],
)  # fmt: skip
def test_property_38_what_a_dead_sender_had_is_judged_by_its_marks(mark, state):
    (row,) = messages(1)
    claimed = delivery.claim(THEN)
    if mark:
        claimed.marks.note(marks.LEAVING, row.pk)
        claimed.marks.note(mark, row.pk)
    delivery.sweep(THEN)
    assert states([row]) == [OutboxState.SENDING], "its sender still lives"
    claimed.marks.close(over=False)
    delivery.sweep(THEN)
    assert states([row]) == [state]
    assert not claimed.marks.path.exists()


@pytest.mark.parametrize("spoilt", ["another start\n", "", "{start}\nleaving", "{start}\nwhatever {key}\n"])
def test_property_38_marks_that_cannot_be_trusted_leave_the_outcome_unknown(spoilt):
    (row,) = messages(1)
    claimed = delivery.claim(THEN)
    claimed.marks.close(over=False)
    claimed.marks.path.write_text(spoilt.format(start=marks.this_start(), key=row.pk))
    delivery.sweep(THEN)
    assert states([row]) == [OutboxState.SENDING]
    delivery.sweep(THEN + timedelta(minutes=11))
    assert states([row]) == [OutboxState.UNKNOWN]


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(minutes=-5)])
def test_property_40_clock_that_jumps_while_a_turn_is_under_way_sends_nothing_twice(smtp_sink, jump):
    """An hour ahead, another sender takes over what has not left; the first one finds it gone."""
    smtp_sink.script = [HANG]
    rows = messages(4)
    with ThreadPoolExecutor(1) as sender:
        sending = sender.submit(elsewhere, delivery.send_due, THEN)
        assert smtp_sink.handed_over.wait(150)
        until_let_go(rows)
        delivery.send_due(THEN + jump)
        smtp_sink.release.set()
        sending.result(150)
    delivery.send_due(THEN + timedelta(hours=2))
    assert len(ids(smtp_sink)) == len(set(ids(smtp_sink))) == 4
    first = OutboxState.UNKNOWN if jump > timedelta(0) else OutboxState.SENT
    assert states(rows) == [first, *[OutboxState.SENT] * 3]


# --- The mail itself ----------------------------------------------------------------------------------

MOVES = re.compile(rb"Date: [^\r]*")


@pytest.mark.parametrize(
    "body", ["Hello\n\nplain\n", "Bonjour\u00a0: « été »\n.\n\n..x\n", "long " * 300 + "\n", "x\r\ny\n"]
)
@pytest.mark.parametrize("to", ["a@example.org", "Élise@exämple.org", "x" * 50 + "@example.org"])
def test_mail_is_drawn_as_django_draws_it(body, to):
    person = a_person()
    person.set_address(to)
    message = OutboxMessage(person=person, template_id="check_details")
    letter = letters.Letter("Messages", "Un rendez-vous à venir", body, body)
    sealed = envelopes.in_envelope(message, letter)
    drawn: Any = letters.as_email(message, letter).message()
    theirs = drawn.as_bytes(linesep="\r\n")
    assert MOVES.sub(b"", sealed.mail) == MOVES.sub(b"", theirs)
