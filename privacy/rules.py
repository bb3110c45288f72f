"""How long there is to answer. Pure."""

from __future__ import annotations

from datetime import date, timedelta

# [Privacy Act] rule 16: calendar days, counted from the day of the request.
DAYS_TO_ANSWER = 30
SOON = 7
# [Privacy Act] section 15: one extension of at most so many days; none is set where another format is being made.
LONGEST_EXTENSION = 30
# [Privacy Act] rule 17: calendar days from the day on which a breach was found to be material.
DAYS_TO_REPORT = 7


def due_on(asked_on: date, days: int = DAYS_TO_ANSWER) -> date:
    """The last day on which an answer is in time."""
    return asked_on + timedelta(days=days)


def urgency(due: date, today: date, *, soon: int = SOON) -> str:
    """ "late" after the last day, "soon" in the last `soon` days, else "calm"."""
    if today > due:
        return "late"
    return "soon" if (due - today).days < soon else "calm"


def may_extend_until(first: date, until: date, *, limited: bool, today: date) -> bool:
    """Whether `until` may replace the last day `first`."""
    return first < until and until >= today and (not limited or (until - first).days <= LONGEST_EXTENSION)


def report_due_on(found_on: date, days: int = DAYS_TO_REPORT) -> date:
    """The last day on which the report of a material breach is in time."""
    return found_on + timedelta(days=days)
