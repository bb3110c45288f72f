"""Sizes, counts and states of groups as data (domain rules 8 to 10 and 12).

The numbers below are the defaults that a program setting starts from, never constants for code to use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    FORMAL = "formal"
    INFORMAL = "informal"
    ACTIVITY = "activity"


class GroupState(StrEnum):
    FORMING = "forming"
    ESTABLISHED = "established"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Refusal(StrEnum):
    """Why a group cannot be established, or why nobody can be added to it."""

    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    TOO_FEW_FACILITATORS = "too_few_facilitators"
    FULL = "full"
    CLOSED = "closed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class KindSettings:
    """What holds for one kind of group. `max_size` None is no limit; `minutes` is one session's length.

    `closed`: once established nobody is added, also not in place of someone who left ([PIA] formal groups).
    ValueError for numbers that contradict each other.
    """

    min_size: int
    max_size: int | None
    min_sessions: int
    max_sessions: int
    minutes: int
    facilitators: int = 1
    closed: bool = False

    def __post_init__(self) -> None:
        if self.min_size < 1 or (self.max_size is not None and self.max_size < self.min_size):
            raise ValueError("sizes must start at 1 and the largest must not be below the smallest")
        if self.min_sessions < 1 or self.max_sessions < self.min_sessions:
            raise ValueError("sessions must start at 1 and the most must not be below the fewest")
        if self.minutes < 1 or self.facilitators < 0:
            raise ValueError("a session lasts at least a minute and facilitators cannot be negative")

    def allows_sessions(self, count: int) -> bool:
        return self.min_sessions <= count <= self.max_sessions


DEFAULTS: Mapping[Kind, KindSettings] = MappingProxyType(
    {
        Kind.FORMAL: KindSettings(4, 10, 10, 10, 90, facilitators=1, closed=True),
        # Attendance is free, so a session may see few people; enrolment has the published limit of ten.
        Kind.INFORMAL: KindSettings(2, 10, 8, 8, 90, facilitators=2),
        Kind.ACTIVITY: KindSettings(1, None, 1, 2, 90, facilitators=1),
    }
)


def may_establish(size: int, settings: KindSettings, *, facilitators: int | None = None) -> tuple[Refusal, ...]:
    """Reasons why a forming group of `size` people cannot be established; empty when it can.

    `facilitators` None leaves their number out of the question.
    """
    refusals = []
    if size < settings.min_size:
        refusals.append(Refusal.TOO_FEW)
    if settings.max_size is not None and size > settings.max_size:
        refusals.append(Refusal.TOO_MANY)
    if facilitators is not None and facilitators < settings.facilitators:
        refusals.append(Refusal.TOO_FEW_FACILITATORS)
    return tuple(refusals)


def may_add(state: str, size: int, settings: KindSettings) -> tuple[Refusal, ...]:
    """Reasons why one more person cannot join a group that has `size` people now; empty when they can."""
    current = GroupState(state)
    if current in {GroupState.COMPLETED, GroupState.CANCELLED}:
        return (Refusal.ENDED,)
    if current is GroupState.ESTABLISHED and settings.closed:
        return (Refusal.CLOSED,)
    if settings.max_size is not None and size >= settings.max_size:
        return (Refusal.FULL,)
    return ()
