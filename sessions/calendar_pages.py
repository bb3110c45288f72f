"""Sessions by week and by month, for those who lead and for coordinators, each on their own clock. Reads only.

A week is an agenda and on wide pages seven columns; a month is the one that people see of their own groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.bilingual import reader_language
from psp.calendar_text import long_date, machine_time, time_of_day
from sessions import words
from sessions.choices import SessionState
from sessions.group_dates import Month, When, calendar
from sessions.models import GroupSession
from sessions.rules import to_utc

DAYS = 7
# As far as a month: nobody looks further, and what lies beyond is not asked for.
FARTHEST = timedelta(days=731)
# More in a month than any region holds; a page with more would help nobody.
MOST = 2000


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday."""

    monday: date

    @classmethod
    def of(cls, day: date) -> Week:
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def read(cls, text: str, today: date) -> Week:
        """The week of a day such as "2027-01-31"; this one for anything else, or for what is too far away."""
        try:
            asked = date.fromisoformat(text)
        except ValueError:
            return cls.of(today)
        return cls.of(asked) if abs(asked - today) < FARTHEST else cls.of(today)

    def moved(self, weeks: int) -> Week:
        return Week(self.monday + timedelta(weeks=weeks))

    @property
    def code(self) -> str:
        return self.monday.isoformat()

    @property
    def name(self) -> str:
        return _("Week of %(day)s") % {"day": long_date(self.monday, reader_language(), article=False)}

    def days(self) -> list[date]:
        return [self.monday + timedelta(days=number) for number in range(DAYS)]


def page(rows: QuerySet[GroupSession], asked: Mapping[str, str], tz: str, url_name: str) -> dict[str, Any]:
    """The week that is asked for, this one unless another, or a month. `url_name`: where an entry leads."""
    now = timezone.now()
    today = now.astimezone(ZoneInfo(tz)).date()
    context = {"zone": words.zone(tz, now), "this_week": Week.of(today).code, "this_month": Month.of(today).code}
    if "month" in asked:
        month = Month.read(asked["month"], today)
        found = _between(rows, month.first, month.moved(1).first, tz)
        entries = [(when_of(one), entry_of(one, tz, url_name)) for one in found]
        return {**context, "month": calendar(month, entries, tz), "week_of_it": Week.of(month.first).code}
    week = Week.read(asked.get("week", ""), today)
    found = _between(rows, week.monday, week.moved(1).monday, tz)
    return {**context, "week": week_page(week, found, tz, url_name), "month_of_it": Month.of(week.monday).code}


def _between(rows: QuerySet[GroupSession], first: date, after: date, tz: str) -> list[GroupSession]:
    """Those that begin on these days of the reader's clock."""
    start, end = (to_utc(day, time(), tz) for day in (first, after))
    return list(rows.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at", "pk")[:MOST])


def week_page(week: Week, found: list[GroupSession], tz: str, url_name: str) -> dict[str, Any]:
    language, zone = reader_language(), ZoneInfo(tz)
    today = timezone.now().astimezone(zone).date()
    there: dict[date, list[dict[str, Any]]] = {}
    for one in found:
        there.setdefault(one.starts_at.astimezone(zone).date(), []).append(entry_of(one, tz, url_name))
    days = [
        {"name": long_date(day, language, article=False), "iso": day.isoformat(), "today": day == today,
         "entries": there.get(day, [])}
        for day in week.days()
    ]  # fmt: skip
    return {"name": week.name, "days": days, "earlier": week.moved(-1), "later": week.moved(1), "any": bool(found)}


def when_of(one: GroupSession) -> When:
    return When(one.number, one.starts_at, one.ends_at, one.state, one.pk)


def entry_of(one: GroupSession, tz: str, url_name: str) -> dict[str, Any]:
    """A line about one session; `one` with its group."""
    return {
        "name": one.group.name, "url": reverse(url_name, args=[one.pk]), "number": one.number,
        "cancelled": one.state == SessionState.CANCELLED, "held": one.state == SessionState.HELD,
        "time": _clock(one.starts_at, tz), "until": _clock(one.ends_at, tz), "iso": machine_time(one.starts_at),
        "how": one.group.get_modality_display(),
    }  # fmt: skip


def _clock(moment: datetime, tz: str) -> str:
    return time_of_day(moment.astimezone(ZoneInfo(tz)), reader_language())
