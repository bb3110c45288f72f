"""Sending: claim, ask again whether it may go, hand over, note what happened.

A claim is committed before anything is sent, so a message whose sender died stays claimed. The sweep turns it
into "perhaps sent", which staff see and nothing ever sends again ([security.md] 38).
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.mail import get_connection
from django.db import DatabaseError, transaction

from consent.choices import ConsentPurpose
from consent.models import Consent
from contact import letters, smtp
from contact.choices import OutboxState
from contact.models import OutboxMessage, SafeContact
from contact.registry import planners, still_makes_sense
from contact.rules import Channel, Decision, SafeContactChoice, SafeHours, may_send
from contact.services import safe_contact_of
from contact.wording import WordingError
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Kind
from psp.crypto import keyring
from psp.logs import get_logger

log = get_logger(__name__)

# Minutes until the next try after each soft failure; then it is over.
BACK_OFF = (1, 5, 15, 60, 180)
# Longer than any sending takes: a claim this old belongs to a sender that died.
STUCK_AFTER = timedelta(minutes=10)
# A pass ends before beat starts the next one. Seconds.
LONGEST_PASS = 50
EMAIL = frozenset({Channel.EMAIL})


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a claimed message goes; `due_at` for one that waits again, `letter` for one that was handed over."""

    state: OutboxState
    reason: str = ""
    due_at: datetime | None = None
    letter: letters.Letter | None = None


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
    outcome = _refusal(message, now) or _transmit(message, now)
    _finish(message, outcome, now)
    return outcome.state


# --- May it go? -----------------------------------------------------------------------------------


def _refusal(message: OutboxMessage, now: datetime) -> Outcome | None:
    """Why this message does not go now, asked at the last moment before it would."""
    person = message.person
    if now > message.useful_until:
        return Outcome(OutboxState.EXPIRED, "too_late")
    if not person.is_active:
        return Outcome(OutboxState.WITHHELD, "account_closed")
    if not still_makes_sense(message):
        return Outcome(OutboxState.CANCELLED, "overtaken")
    decision = may_send(
        _choice(message, safe_contact_of(person)), channel=message.channel, now=now, tz=person.time_zone,
        asked_for_now=message.asked_for,
    )  # fmt: skip
    if not decision.allowed:
        return _refused(message, decision)
    return None if person.sealed_email else Outcome(OutboxState.FAILED, "no_address")


def _refused(message: OutboxMessage, decision: Decision) -> Outcome:
    reason = str(decision.reason)
    if decision.not_before is None:
        return Outcome(OutboxState.WITHHELD, reason)
    if decision.not_before > message.useful_until:
        return Outcome(OutboxState.EXPIRED, reason)
    return Outcome(OutboxState.WAITING, reason, due_at=decision.not_before)


def _choice(message: OutboxMessage, choices: SafeContact) -> SafeContactChoice:
    """What the person chose, as far as it concerns this message.

    A code that the person asked for this minute answers them; it is not us contacting them. It needs no consent
    to being written to (taking part is possible without), and someone who looks on the site instead of being
    written to must be able to sign in there. A mailbox that is not safe gets nothing at all. Team members'
    mailboxes belong to their work, and so do codes to supporters who chose nothing else.
    """
    if _is_for_work(message, choices):
        return SafeContactChoice(safe_channels=EMAIL, consented_channels=EMAIL)
    consented = message.asked_for or Consent.objects.in_force(message.person, ConsentPurpose.CONTACT_EMAIL)
    return SafeContactChoice(
        safe_channels=EMAIL if choices.email_safe else frozenset(),
        consented_channels=EMAIL if consented else frozenset(),
        hours=tuple(SafeHours(*span) for span in choices.hours),
        recheck_on=choices.recheck_on,
        do_not_contact=choices.do_not_contact and not message.asked_for,
    )


def _is_for_work(message: OutboxMessage, choices: SafeContact) -> bool:
    chose_nothing = choices._state.adding
    kind = message.person.kind
    return kind == Kind.STAFF or (kind == Kind.SUPPORTER and message.asked_for and chose_nothing)


# --- Handing over ---------------------------------------------------------------------------------


def _transmit(message: OutboxMessage, now: datetime) -> Outcome:
    try:
        letter = letters.write(message, safe_contact_of(message.person))
    except (WordingError, KeyError, ValueError) as error:
        log.error("message_cannot_be_worded", code=message.template_id, error=type(error).__name__)
        return Outcome(OutboxState.FAILED, "wording")
    try:
        get_connection("contact.smtp.Backend").send_messages([letters.as_email(message, letter)])
    except smtp.OutcomeUnknownError:
        return Outcome(OutboxState.UNKNOWN, "connection_lost", letter=letter)
    except OSError as error:
        log.warning("mail_server", error=type(error).__name__, code=getattr(error, "smtp_code", 0))
        return _after_failure(message, now, final=smtp.is_final(error))
    return Outcome(OutboxState.SENT, letter=letter)


def _after_failure(message: OutboxMessage, now: datetime, *, final: bool) -> Outcome:
    if final:
        return Outcome(OutboxState.FAILED, "refused")
    if message.attempts >= len(BACK_OFF):
        return Outcome(OutboxState.FAILED, "gave_up")
    later = now + timedelta(minutes=BACK_OFF[message.attempts])
    if later > message.useful_until:
        return Outcome(OutboxState.FAILED, "gave_up")
    return Outcome(OutboxState.WAITING, "mail_server", due_at=later)


TRIED = frozenset({OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.FAILED})


@transaction.atomic(durable=True)
def _finish(message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    """Note the outcome, unless the sweep gave up on this claim meanwhile."""
    held: OutboxMessage | None = (
        OutboxMessage.objects.select_for_update(of=("self",)).filter(pk=message.pk, state=OutboxState.SENDING).first()
    )
    if held is None:
        log.error("message_finished_too_late", state=outcome.state, ids=str(message.pk))
        return
    waits = outcome.state == OutboxState.WAITING
    held.state, held.reason = outcome.state, outcome.reason
    held.due_at = outcome.due_at or held.due_at
    held.finished_at = None if waits else now
    held.attempts += outcome.state in TRIED or outcome.reason == "mail_server"
    if outcome.letter is not None:
        held.subject, held.body = outcome.letter.subject, outcome.letter.kept
    if not waits:
        held.secret = ""  # nosec B105 - wiped
    held.save()
    if outcome.state in {OutboxState.SENT, OutboxState.UNKNOWN}:
        audit.record(Action.SEND, held, person=held.person_id, purpose=Purpose.CONTACT)
