"""Axes with round numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """From 0 to the round number at or above the greatest value, over `length` pixels."""

    step: float
    count: int
    length: float

    @property
    def top(self) -> float:
        return self.step * self.count

    @property
    def ticks(self) -> tuple[float, ...]:
        return tuple(self.step * number for number in range(self.count + 1))

    def at(self, value: float) -> float:
        """How far from 0, in pixels."""
        return round(self.length * value / self.top, 1) if self.top else 0.0


def scale(greatest: float, length: float, most: int = 5) -> Scale:
    """A scale with at most `most` steps of 1, 2 or 5 times a power of ten. No step is
    below 1; where there is nothing to draw, 0 stands alone."""
    if greatest <= 0:
        return Scale(1, 0, length)
    rough = max(greatest / most, 1)
    power = 10 ** floor(log10(rough))
    step = next(power * one for one in STEPS if power * one >= rough * (1 - 1e-9))
    return Scale(step, max(1, ceil(greatest / step - 1e-9)), length)
