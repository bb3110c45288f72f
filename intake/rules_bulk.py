"""Whom an act on several applications reaches, and whom it leaves out and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_AT_ONCE = 100


class Skip(StrEnum):
    CLOSED = "closed"
    ALREADY = "already"
    OTHER_REGION = "other_region"
    NO_ADDRESS = "no_address"
    DO_NOT_CONTACT = "do_not_contact"
    NO_CONSENT = "no_consent"
    CHANNEL_NOT_SAFE = "channel_not_safe"
    RECHECK_PASSED = "recheck_passed"


@dataclass(frozen=True, slots=True)
class Facts:
    """One application as it stands. `open`: it waits for somebody to act. `ended`: nothing leads on from it.

    `looked_after_by_target`, `target_covers_region`: about the coordinator it would be given to.
    `unreachable`: why the person may not be written to, if so.
    """

    open: bool
    ended: bool
    looked_after_by_target: bool = False
    target_covers_region: bool = True
    unreachable: Skip | None = None


def skip_giving(facts: Facts) -> Skip | None:
    """An ended application needs nobody; one is only given to a coordinator who may open its file."""
    if facts.ended:
        return Skip.CLOSED
    if not facts.target_covers_region:
        return Skip.OTHER_REGION
    return Skip.ALREADY if facts.looked_after_by_target else None


def skip_looked(facts: Facts) -> Skip | None:
    """Only what waits for somebody can be overdue."""
    return None if facts.open else Skip.CLOSED


def skip_writing(facts: Facts) -> Skip | None:
    """Nobody is written to who did not say that it is safe ([domain] rules 20 and 25)."""
    return facts.unreachable
