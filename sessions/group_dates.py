"""The dates of a group as somebody reads them: its sessions, or what they would be while nothing is set yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import PeerGroup
from psp.bilingual import reader_language
from psp.calendar_text import MONTHS, WEEKDAYS, long_date, long_datetime, machine_time, time_of_day
from sessions import words
from sessions.choices import ChangeReason, SessionState
from sessions.models import Closure, GroupSession
from sessions.places import Place, place_of
from sessions.services import preview_series


@dataclass(frozen=True, slots=True)
class When:
    """One date. `session` is None while it is only what the date would be."""

    number: int
    starts_at: datetime
    ends_at: datetime
    state: str = SessionState.SCHEDULED
    session: UUID | None = None
    reason: str = ""

    def comes(self, now: datetime) -> bool:
        return self.state == SessionState.SCHEDULED and self.ends_at >= now


def dates_of(group: PeerGroup, closures: Iterable[Closure] | None = None) -> list[When]:
    """In order. Reads `group.sessions` once, or not at all where it was fetched together with the group.

    For lists of groups the `closures` of their regions are fetched once.
    """
    found = sorted(group.sessions.all(), key=lambda one: one.starts_at)
    if found:
        return [When(one.number, one.starts_at, one.ends_at, one.state, one.pk, one.reason) for one in found]
    return [When(item.number, item.start_utc, item.end_utc) for item in preview_series(group, closures).times]


def coming(group: PeerGroup, now: datetime, closures: Iterable[Closure] | None = None) -> list[When]:
    return [one for one in dates_of(group, closures) if one.comes(now)]


def line(one: When, tz: str) -> dict[str, Any]:
    """For a list, on the reader's clock."""
    state = SessionState(one.state)
    over = state == SessionState.SCHEDULED and one.ends_at < timezone.now()
    return {
        "number": one.number, "when": long_datetime(one.starts_at, tz, reader_language()),
        "when_iso": machine_time(one.starts_at), "relative": words.relative(one.starts_at, tz),
        "until": time_of_day(one.ends_at.astimezone(ZoneInfo(tz)), reader_language()),
        "state": "" if state == SessionState.SCHEDULED else state.label, "tag_kind": words.TAG_KINDS[state],
        "over": over or state == SessionState.HELD, "session": one.session,
        "why": str(ChangeReason(one.reason).label) if one.reason else "",
    }  # fmt: skip


def next_place(group: PeerGroup, ahead: Iterable[When]) -> Place:
    """Where the next session takes place; what holds for the group while no session is set. `ahead`: those to come."""
    near = next(iter(ahead), None)
    if near is None or near.session is None:
        return Place(group.link, group.address)
    return place_of(GroupSession.objects.select_related("group", "room").get(pk=near.session))


def link_is_open(ahead: Iterable[When], now: datetime) -> bool:
    """The link is on the page from shortly before a session until it ends, as with an intake meeting."""
    early = timedelta(minutes=settings.PSP_MEETING_LINK_MINUTES)
    return any(one.comes(now) and one.starts_at - early <= now for one in ahead)


def rhythm(group: PeerGroup) -> str:
    """How often it meets, as one sentence; "" for a single session."""
    if group.session_count == 1:
        return ""
    if group.weeks_apart == 1:
        return _("Every week at this time")
    return _("Every %(weeks)d weeks at this time") % {"weeks": group.weeks_apart}


# --- A month as a calendar ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str, today: date) -> Month:
        """As in "2027-01"; this month for anything else, or for what is more than two years away."""
        try:
            asked = date.fromisoformat(f"{text}-01")
        except ValueError:
            return cls.of(today)
        return cls.of(asked) if abs((asked - today).days) < 731 else cls.of(today)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    def moved(self, months: int) -> Month:
        count = self.year * 12 + self.month - 1 + months
        return Month(count // 12, count % 12 + 1)

    @property
    def code(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def name(self) -> str:
        language = reader_language()
        name = f"{MONTHS[language][self.month - 1]} {self.year}"
        return name[:1].upper() + name[1:]

    def days(self) -> list[date]:
        last = self.moved(1).first - timedelta(days=1)
        return [date(self.year, self.month, number) for number in range(1, last.day + 1)]


def weekday_names() -> list[str]:
    return list(WEEKDAYS[reader_language()])


def calendar(month: Month, entries: Iterable[tuple[When, dict[str, Any]]], tz: str) -> dict[str, Any]:
    """What stands on each day of a month on the reader's clock. Each entry: a date, and what a line about it needs."""
    zone, language, today = ZoneInfo(tz), reader_language(), timezone.now().astimezone(ZoneInfo(tz)).date()
    there: dict[date, list[dict[str, Any]]] = {}
    for one, about in sorted(entries, key=lambda entry: entry[0].starts_at):
        local = one.starts_at.astimezone(zone)
        there.setdefault(local.date(), []).append({**about, "time": time_of_day(local, language)})
    days = [
        {"number": day.day, "name": long_date(day, language, article=False), "iso": day.isoformat(),
         "today": day == today, "entries": there.get(day, [])}
        for day in month.days()
    ]  # fmt: skip
    return {
        "name": month.name, "weekdays": weekday_names(), "before": range(month.first.weekday()), "days": days,
        "earlier": month.moved(-1), "later": month.moved(1), "any": any(day["entries"] for day in days),
    }  # fmt: skip
