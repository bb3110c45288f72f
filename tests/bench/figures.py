"""What a bench finds out: a figure beside its floor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`floor` and `ratio` are None for figures that have a limit instead of a floor; `limit` is what we aim at."""

    name: str
    value: float
    unit: str
    floor: float | None
    ratio: float | None
    limit: str


def against_floor(name: str, value: float, floor: float, limit: str) -> Figure:
    return Figure(name, round(value, 2), "ms", round(floor, 2), round(value / floor, 2), limit)


def expect(wanted: int, status: int, text: str) -> str:
    """The body of an answer with this status; anything else ends the run."""
    if status != wanted:
        raise SystemExit(f"Expected {wanted}, got {status}:\n{text[:2000]}")
    return text
