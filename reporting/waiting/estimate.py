"""How long people wait, said honestly: who still waits counts too. Pure.

A median of those who have their answer alone would be too short, because the long waits are not over yet. So this
is the median of Kaplan and Meier: whoever still waits, or stopped waiting, counts for as long as they have waited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

WEEK = 7


class Outcome(StrEnum):
    KNOWN = "known"
    # More than half are still waiting, so nobody can say yet how long half of them wait.
    WAITING = "waiting"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Waits:
    """`over`, `open`: days waited → how often. `people`: different people whose wait is over; `all_people`: in all."""

    over: Mapping[int, int]
    open: Mapping[int, int]
    people: int
    all_people: int


def median_days(over: Mapping[int, int], still: Mapping[int, int]) -> int | None:
    """The number of days by which half have their answer; None while more than half wait."""
    waiting, share = sum(over.values()) + sum(still.values()), Fraction(1)
    for day in sorted({*over, *still}):
        answered = over.get(day, 0)
        if answered:
            share *= Fraction(waiting - answered, waiting)
        if share <= Fraction(1, 2):
            return day
        waiting -= answered + still.get(day, 0)
    return None


def published(waits: Waits, threshold: int) -> tuple[Outcome, int | None]:
    """What may be said: an outcome, and whole weeks within which half had their answer, never rounded down.

    Nothing where fewer people than the threshold stand behind the figure.
    """
    days = median_days(waits.over, waits.open)
    if days is None:
        return (Outcome.WAITING if waits.all_people >= threshold else Outcome.TOO_FEW), None
    if waits.people < threshold:
        return Outcome.TOO_FEW, None
    return Outcome.KNOWN, days // WEEK + 1
