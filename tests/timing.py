"""Comparing durations on a machine that does other things too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Measured = TypeVar("Measured")


def assert_fits(measure: Callable[[], Measured], fits: Callable[[Measured], bool], rounds: int = 8) -> None:
    """Measure until it fits, at most so often: another program's work passes, a difference in ours comes each time."""
    found: list[Measured] = []
    for _round in range(rounds):
        found.append(measure())
        if fits(found[-1]):
            return
    raise AssertionError(f"in none of {rounds} rounds: {found}")
