"""Sending: claim, ask again whether it may go, hand over, note what happened.

A claim is committed before anything is sent, so a message whose sender died stays claimed. The sweep turns it
into "perhaps sent", which staff see and nothing ever sends again ([security.md] 38).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import DatabaseError, transaction

from contact import choosing, handing, sends
from contact.choices import OutboxState
from contact.models import OutboxMessage, SafeContact
from contact.outcome import Outcome, OvertakenError
from contact.registry import planners
from contact.services import safe_contact_of, values_of
from contact.takeover import take_over
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.crypto import keyring
from psp.logs import get_logger
from psp.models import User

log = get_logger(__name__)

# Longer than any sending takes: a claim this old belongs to a sender that died.
STUCK_AFTER = timedelta(minutes=10)
# A pass ends before beat starts the next one. Seconds.
LONGEST_PASS = 50


def send_due(now: datetime) -> Counter[str]:
    """Plan, sweep, and send what is due at `now`; how many messages reached which state.

    Safe to run any number of times and in parallel: a claim is taken by one sender only.
    """
    counts: Counter[str] = Counter()
    counts["planned"] = sum(planner(now) for planner in planners())
    counts[OutboxState.UNKNOWN] += sweep(now)
    begun = time.monotonic()
    while time.monotonic() - begun < LONGEST_PASS:
        claimed = claim(now)
        if claimed is None:
            break
        counts[_deliver_alone(claimed, now)] += 1
    return counts


def _deliver_alone(message: OutboxMessage, now: datetime) -> str:
    """One message that cannot be handled must not hold up the others; the sweep shows it to staff."""
    try:
        return deliver(message, now)
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("message_broke_down", ids=str(message.pk), error=type(error).__name__)
        return "broken"


def send_one(message_id: UUID, now: datetime) -> OutboxState | None:
    """Send this message if it is due and nobody else has it; its new state, or None."""
    claimed = claim(now, only=message_id)
    return deliver(claimed, now) if claimed else None


def sweep(now: datetime) -> int:
    """Give up on messages whose sender died while sending; returns how many."""
    stuck = OutboxMessage.objects.stuck(now - STUCK_AFTER)
    count = stuck.update(state=OutboxState.UNKNOWN, reason="sender_died", finished_at=now, secret=b"")
    if count:
        log.error("messages_perhaps_sent", count=count)
    return count


@transaction.atomic(durable=True)
def claim(now: datetime, *, only: UUID | None = None) -> OutboxMessage | None:
    """Take the next due message, committed as ours when this returns."""
    due = OutboxMessage.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    if only is not None:
        due = due.filter(pk=only)
    message: OutboxMessage | None = due.first()
    if message is None:
        return None
    OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxState.SENDING, claimed_at=now)
    message.state, message.claimed_at = OutboxState.SENDING, now
    return message


def deliver(message: OutboxMessage, now: datetime) -> OutboxState:
    """Send a claimed message, or decide not to; returns its new state."""
    keyring.clear()  # a key that was destroyed a moment ago must not be at hand any more
    choices = safe_contact_of(message.person)
    outcome = choosing.decide(message, choices, now)
    if isinstance(outcome, choosing.Way):
        outcome = _hand_over_once(message, choices, outcome.channel, now)
    _finish(message, outcome, now)
    return outcome.state


def _hand_over_once(message: OutboxMessage, choices: SafeContact, channel: str, now: datetime) -> Outcome:
    """Noted outside the database first. After a restore, what was noted there before is never handed over again."""
    if sends.was_sent_before(message.key):
        return Outcome(OutboxState.UNKNOWN, "restored", channel=channel)
    sends.note(message.key)
    return handing.hand_over(message, choices, channel, now, partial(gate, message, choices, channel, now))


@contextmanager
def gate(message: OutboxMessage, choices: SafeContact, channel: str, now: datetime) -> Iterator[None]:
    """Asked once more under the lock that every withdrawal and every change of the choices takes first.

    Held only while the message itself leaves: whoever withdraws waits that long and not for any answer of a mail
    server, and once a withdrawal has come back nothing leaves any more. OvertakenError: it does not go.
    """
    address = message.person.sealed_email
    with transaction.atomic(durable=True):
        message.person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=message.person_id)
        fresh = safe_contact_of(message.person)
        decided = choosing.decide(message, fresh, now)
        if isinstance(decided, Outcome):
            raise OvertakenError(decided)
        same = (decided.channel, message.person.sealed_email) == (channel, address)
        if not same or values_of(fresh) != values_of(choices):
            raise OvertakenError(Outcome(OutboxState.WAITING, "overtaken", due_at=now))
        yield


# --- Noting what happened ---------------------------------------------------------------------------

TRIED = frozenset({OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.FAILED})


# After these, somebody would still try to reach the person.
NOT_OVER = frozenset({OutboxState.WAITING, OutboxState.TO_CALL})


@transaction.atomic(durable=True)
def _finish(message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    """Note the outcome, unless the sweep gave up on this claim meanwhile."""
    if outcome.state in NOT_OVER:  # whoever withdraws holds the account, and is waited for
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=message.person_id)
    held: OutboxMessage | None = (
        OutboxMessage.objects.select_for_update(of=("self",)).filter(pk=message.pk, state=OutboxState.SENDING).first()
    )
    if held is None:
        log.error("message_finished_too_late", state=outcome.state, ids=str(message.pk))
        return
    if outcome.state in NOT_OVER and choosing.taken_back_since(held):
        outcome = Outcome(OutboxState.CANCELLED, "consent_withdrawn", channel=outcome.channel)
    waits = outcome.state == OutboxState.WAITING
    held.state, held.reason = outcome.state, outcome.reason
    held.due_at = outcome.due_at or held.due_at
    held.finished_at = None if waits else now
    held.attempts += outcome.state in TRIED or outcome.reason == handing.SOFT
    held.channel = outcome.channel or held.channel
    if outcome.letter is not None:
        held.subject, held.body = outcome.letter.subject, outcome.letter.kept
    if not waits:
        held.secret = ""  # nosec B105 - wiped
    held.save()
    take_over(held, safe_contact_of(held.person), now)
    if outcome.state in {OutboxState.SENT, OutboxState.UNKNOWN}:
        audit.record(Action.SEND, held, person=held.person_id, purpose=Purpose.CONTACT)
