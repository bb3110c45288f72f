"""Who takes slips that come back: each app that hands some out adds itself when it is ready.

All of them come back at one address, at which nobody is anybody (`psp.nameless`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from psp.feedback_rules import Back, Shown, Slip


@dataclass(frozen=True, slots=True)
class Source:
    """`look_at` changes nothing; `take_answers` raises ValueError for an answer that is not on offer."""

    look_at: Callable[[Slip], Shown]
    take_answers: Callable[[Slip, Mapping[str, str]], Back]


_sources: list[Source] = []


def add_source(source: Source) -> None:
    _sources.append(source)


def look_at(slip: Slip | None) -> Shown:
    """What a slip opens, wherever it was handed out."""
    if slip is None:
        return Shown(Back.UNKNOWN)
    for source in _sources:
        shown = source.look_at(slip)
        if shown.back != Back.UNKNOWN:
            return shown
    return Shown(Back.UNKNOWN)


def take_answers(slip: Slip | None, said: Mapping[str, str]) -> Back:
    if slip is None:
        return Back.UNKNOWN
    for source in _sources:
        back = source.take_answers(slip, said)
        if back != Back.UNKNOWN:
            return back
    return Back.UNKNOWN
