"""Since when there is anything to count."""

from __future__ import annotations

from datetime import date

from django.db.models import Min

from intake.models import Application
from reporting.models import PlatformFigure
from reporting.periods import Period, Span, since
from sessions.models import GroupSession


def first_day() -> date | None:
    """The day of the first application, session or figure of another platform; None before there is any."""
    applied = Application.objects.aggregate(first=Min("submitted_at"))["first"]
    began = GroupSession.objects.aggregate(first=Min("starts_at"))["first"]
    sent = PlatformFigure.objects.aggregate(first=Min("month"))["first"]
    days = [moment.date() for moment in (applied, began) if moment] + [day for day in (sent,) if day]
    return min(days, default=None)


def all_periods(today: date) -> list[Period]:
    """Every month, quarter and fiscal year since then."""
    begin = first_day()
    return [period for span in Span for period in since(begin, today, span)] if begin else []
