"""Where a claimed message goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contact.choices import OutboxState
from contact.letters import Letter


@dataclass(frozen=True, slots=True)
class Outcome:
    """`due_at` for a message that waits again, `letter` for one that was handed over, `channel` once one is chosen."""

    state: OutboxState
    reason: str = ""
    due_at: datetime | None = None
    letter: Letter | None = None
    channel: str = ""


class OvertakenError(Exception):
    """The person changed something at the last moment, and nothing left. `outcome`: what becomes of the message."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome
