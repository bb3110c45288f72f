"""How much the same people changed from before to after, and how sure that is. Pure, in whole numbers until the end.

The interval is that of paired differences with Student's t: the mean difference, give or take t times its standard
error. It takes the people who answered for some of many like them; it says nothing of people who did not answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import atan, cos, pi, sin, sqrt

SURE = 0.95
# From here on Student's t is the normal distribution to more digits than are shown.
MANY = 20_000
NORMAL = 1.959963984540054
PLACES = 1
HALVINGS = 80


@dataclass(frozen=True, slots=True)
class Change:
    """Means and change of `people` who answered both times, with the ends of the interval; rounded to one decimal."""

    people: int
    before: float
    after: float
    change: float
    low: float
    high: float


def change_of(pairs: Sequence[tuple[int, int]]) -> Change | None:
    """From (before, after) of each person. None for fewer than two, and where all changed alike: the interval would
    be a point and tell how each of them changed."""
    people = len(pairs)
    if people < 2:
        return None
    differences = [after - before for before, after in pairs]
    if len(set(differences)) == 1:
        return None
    mean = Fraction(sum(differences), people)
    spread = sum((one - mean) ** 2 for one in differences) / (people - 1)
    reach = t_quantile(people - 1) * sqrt(spread / people)
    return Change(
        people, rounded(Fraction(sum(before for before, _after in pairs), people)),
        rounded(Fraction(sum(after for _before, after in pairs), people)), rounded(mean),
        rounded(Fraction(float(mean) - reach)), rounded(Fraction(float(mean) + reach)),
    )  # fmt: skip


def rounded(value: Fraction) -> float:
    """To one decimal; halves away from zero, as people do it."""
    tenths = abs(value) * 10**PLACES
    whole = int(tenths + Fraction(1, 2))
    return float(Fraction(whole if value >= 0 else -whole, 10**PLACES))


@lru_cache(maxsize=1024)
def t_quantile(freedom: int) -> float:
    """The t between whose minus and plus lie 95 in 100, with so many degrees of freedom."""
    if freedom < 1:
        raise ValueError("no degree of freedom")
    if freedom >= MANY:
        return NORMAL
    low, high = NORMAL, 13.0
    for _step in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < SURE else (low, middle)
    return (low + high) / 2


def within(t: float, freedom: int) -> float:
    """How much of Student's distribution lies between -t and t: the finite sums of whole degrees of freedom."""
    angle = atan(t / sqrt(freedom))
    square = cos(angle) ** 2
    odd = freedom % 2 == 1
    term = cos(angle) if odd else 1.0
    total, first = 0.0, 1 if odd else 0
    for step in range(first + 2, freedom + 1, 2):
        total += term
        term *= square * (step - 1) / step
    if odd:
        return 2 / pi * (angle + sin(angle) * total)
    return sin(angle) * total
