"""Safe hours as people choose them; how they are read is in `psp.week_hours`. Pure."""

from __future__ import annotations

from enum import StrEnum

from psp.week_hours import DAY_END, Hours, clock, lines

__all__ = ["DAYTIME", "DAY_END", "EVENINGS", "Hours", "Mode", "as_choice", "as_hours", "clock", "lines"]
DAYTIME: Hours = tuple((day, 9 * 60, 17 * 60) for day in range(5))
EVENINGS: Hours = tuple((day, 17 * 60, 21 * 60) for day in range(7))


class Mode(StrEnum):
    ANY = "any"
    DAYTIME = "daytime"
    EVENINGS = "evenings"
    OWN = "own"


PRESETS: dict[str, Hours] = {Mode.ANY: (), Mode.DAYTIME: DAYTIME, Mode.EVENINGS: EVENINGS}


def as_choice(hours: Hours) -> Mode:
    """The ready-made choice that gives these hours, or OWN."""
    kept = {tuple(span) for span in hours}
    return next((Mode(mode) for mode, preset in PRESETS.items() if kept == {tuple(span) for span in preset}), Mode.OWN)


def as_hours(mode: str, own: Hours) -> list[list[int]]:
    """Hours to store for a choice; `own` are those that were filled in day by day."""
    return [list(span) for span in PRESETS.get(mode, own)]
