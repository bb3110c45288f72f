"""How long there is to answer. Pure."""

from __future__ import annotations

from datetime import date, timedelta

# [Privacy Act] rule 16: calendar days, counted from the day of the request.
DAYS_TO_ANSWER = 30
SOON = 7


def due_on(asked_on: date, days: int = DAYS_TO_ANSWER) -> date:
    """The last day on which an answer is in time."""
    return asked_on + timedelta(days=days)


def urgency(due: date, today: date, *, soon: int = SOON) -> str:
    """ "late" after the last day, "soon" in the last `soon` days, else "calm"."""
    if today > due:
        return "late"
    return "soon" if (due - today).days < soon else "calm"
