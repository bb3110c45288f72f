"""Sending what is due. Each step is safe to run any number of times and in parallel.

    planners queue → `claiming.sweep` sees to dead senders → turns (`contact.turn`) until nothing is due

A message is claimed by one sender only (`contact.claiming`), looked at once more under the lock that every withdrawal
takes (`contact.gate`), handed over (`contact.handing`), and what became of it is noted (`contact.noting`).
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.utils import timezone

from contact.choices import OutboxState
from contact.claiming import BATCH, Claim, sweep, take
from contact.marks import CannotNoteError
from contact.models import OutboxMessage
from contact.registry import planners
from contact.turn import PUT_OFF, Turn
from psp.logs import get_logger

__all__ = [
    "begin", "claim", "deliver", "may_go_on", "send_due", "send_one", "send_some", "send_until", "sweep", "turns_due",
]  # fmt: skip

log = get_logger(__name__)

# A pass ends before beat starts the next one. Seconds.
LONGEST_PASS = 50


def send_due(now: datetime) -> Counter[str]:
    """Plan, sweep, and send what is due at `now`; how many messages reached which state."""
    counts, begun, goes_on = begin(now), time.monotonic(), True
    while goes_on and time.monotonic() - begun < LONGEST_PASS:
        some = send_some(now)
        counts.update(some)
        goes_on = may_go_on(some)
    return counts


def send_until(ends: datetime) -> None:
    """Turns until nothing is due, or this moment."""
    while timezone.now() < ends and may_go_on(send_some(timezone.now())):
        pass


def may_go_on(counts: Counter[str]) -> bool:
    """Whether another turn makes sense: something was due, and whoever sends for us answered."""
    return bool(counts) and not counts[PUT_OFF]


def begin(now: datetime) -> Counter[str]:
    """Queue what has become due, and see to what dead senders had taken."""
    return Counter({"planned": sum(planner(now) for planner in planners()), OutboxState.UNKNOWN: sweep(now)})


def send_some(now: datetime) -> Counter[str]:
    """One turn of what is due; empty when nothing is."""
    taken = claim(now)
    return Turn(taken, now).run() if taken is not None else Counter()


def send_one(message_id: UUID, now: datetime) -> str | None:
    """Send this message if it is due and nobody else has it; its new state, or None."""
    taken = claim(now, only=message_id)
    return deliver(taken, now) if taken is not None else None


def deliver(taken: Claim, now: datetime) -> str:
    """Send a claim of one message, or decide not to; its new state."""
    counts = Turn(taken, now).run()
    return next((state for state, count in counts.items() if count), "")


def claim(now: datetime, *, only: UUID | None = None) -> Claim | None:
    """`claiming.take`; None too where nothing can be noted on the disk, and so nothing may be claimed."""
    try:
        return take(now, only=only)
    except CannotNoteError:
        log.exception("nothing_can_be_noted")
        return None


def turns_due(now: datetime, most: int) -> int:
    """How many turns what is due fills, `most` at most; costs no more than that."""
    due = OutboxMessage.objects.due(now).values_list("pk", flat=True)[: BATCH * most]
    return -(-sum(1 for _one in islice(due, BATCH * most)) // BATCH)
