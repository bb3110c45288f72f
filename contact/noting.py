"""Noting what became of messages: those that left in one statement, each of the others by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import Error, connection, transaction

from contact import choosing, handing
from contact.choices import OutboxState
from contact.claiming import Claim, surely
from contact.models import OutboxMessage
from contact.outcome import Outcome
from contact.services import safe_contact_of
from contact.takeover import LEFT, take_over
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.logs import get_logger
from psp.models import User

log = get_logger(__name__)

TRIED = LEFT | {OutboxState.FAILED}
# After these, somebody would still try to reach the person.
NOT_OVER = frozenset({OutboxState.WAITING, OutboxState.TO_CALL})
# A database that starts again takes a few seconds; what is known of messages that left is worth waiting for it.
RESTS = (0.2, 0.5, 1, 2, 4, 8, 15)
MANY = """
UPDATE contact_outboxmessage AS message
   SET state = said.state, reason = said.reason, channel = said.channel, subject = said.subject, body = said.body,
       secret = ''::bytea, finished_at = %s, attempts = message.attempts + 1
  FROM unnest(%s::uuid[], %s::varchar[], %s::varchar[], %s::varchar[], %s::bytea[], %s::bytea[])
    AS said (id, state, reason, channel, subject, body)
 WHERE message.id = said.id AND message.claim = %s AND message.state = 'sending'
RETURNING message.id
"""


@dataclass(frozen=True, slots=True)
class Done:
    """One message and what became of it."""

    message: OutboxMessage
    outcome: Outcome


def note(done: Sequence[Done], claim: Claim, now: datetime) -> None:
    """Note every outcome, unless the sweep gave up on it meanwhile. Error: the database stays away."""
    left = [one for one in done if one.outcome.state in LEFT and one.outcome.letter is not None]
    if left:
        persistently(lambda: _note_many(left, claim, now))
    for one in done:
        if one not in left:
            persistently(lambda one=one: finish(one.message, one.outcome, claim, now))  # type: ignore[misc]


def persistently(act: Callable[[], None]) -> None:
    """Again while the database is away; outside of a transaction only, which would be lost."""
    for rest in (*RESTS, None):
        try:
            act()
        except Error as error:
            if rest is None or connection.in_atomic_block:
                raise
            log.warning("database_away", error=type(error).__name__)
            connection.close()
            time.sleep(rest)
        else:
            return


@transaction.atomic(durable=True)
def _note_many(done: Sequence[Done], claim: Claim, now: datetime) -> None:
    columns: list[list[object]] = [[], [], [], [], [], []]
    for one in done:
        for column, value in zip(columns, _values(one), strict=True):
            column.append(value)
    surely()
    with connection.cursor() as cursor:
        cursor.execute(MANY, [now, *columns, claim.id])
        noted = {row[0] for row in cursor.fetchall()}
    went = [(one.message.pk, one.message.person_id) for one in done if one.message.pk in noted]
    audit.record_each(Action.SEND, OutboxMessage, went, purpose=Purpose.CONTACT)
    for one in done:
        if one.message.pk not in noted:
            _too_late(one.message.pk, one.outcome)


def _values(one: Done) -> tuple[object, ...]:
    message, outcome, letter = one.message, one.outcome, one.outcome.letter
    if letter is not None:
        message.subject, message.body = letter.subject, letter.kept
    sealed = (bytes(_field(name).pre_save(message, add=False)) for name in ("subject", "body"))
    return message.pk, outcome.state.value, outcome.reason, str(outcome.channel), *sealed


def _field(name: str) -> Any:
    return OutboxMessage._meta.get_field(name)


@transaction.atomic(durable=True)
def finish(message: OutboxMessage, outcome: Outcome, claim: Claim, now: datetime) -> None:
    """Note one outcome, unless the sweep gave up on this claim meanwhile."""
    surely()
    if outcome.state in NOT_OVER:  # whoever withdraws holds the account, and is waited for
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=message.person_id)
    held: OutboxMessage | None = claim.held().select_for_update(of=("self",)).filter(pk=message.pk).first()
    if held is None:
        _too_late(message.pk, outcome)
        return
    if outcome.state in NOT_OVER and choosing.taken_back_since(held):
        outcome = Outcome(OutboxState.CANCELLED, "consent_withdrawn", channel=outcome.channel)
    _write(held, outcome, now)
    take_over(held, safe_contact_of(held.person), now)
    if outcome.state in LEFT:
        audit.record(Action.SEND, held, person=held.person_id, purpose=Purpose.CONTACT)


def _write(held: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    waits = outcome.state == OutboxState.WAITING
    held.state, held.reason = outcome.state, outcome.reason
    held.due_at = outcome.due_at or held.due_at
    held.finished_at = None if waits else now
    held.claim = None if waits else held.claim
    held.attempts += outcome.state in TRIED or outcome.reason == handing.SOFT
    held.channel = outcome.channel or held.channel
    if outcome.letter is not None:
        held.subject, held.body = outcome.letter.subject, outcome.letter.kept
    if not waits:
        held.secret = ""  # nosec B105 - wiped
    held.save()


def _too_late(message: UUID, outcome: Outcome) -> None:
    log.error("message_finished_too_late", state=outcome.state, ids=str(message))


def give_back(messages: Sequence[UUID], claim: Claim, due_at: datetime | None = None) -> None:
    """What of these has not left waits again; `due_at` puts it off. Nothing is counted as a try."""
    if messages:
        later = {} if due_at is None else {"due_at": due_at}
        rows = claim.held().filter(pk__in=list(messages))
        persistently(lambda: _update(rows, later))


def _update(rows: object, later: dict[str, datetime]) -> None:
    rows.update(state=OutboxState.WAITING, claim=None, claimed_at=None, **later)  # type: ignore[attr-defined]
