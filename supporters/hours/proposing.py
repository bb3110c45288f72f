"""Hours that the calendar proposes: what somebody led, what comes with it, supervision, courses, leave.

A proposal is no record. It is there until it is taken, and comes back when what was taken is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from psp.models import User
from supporters import calendar
from supporters.choices import LeaveKind
from supporters.hours.choices import AWAY_KINDS, HoursKind
from supporters.hours.rules import Period, minutes_between
from supporters.models import CareSetting, HoursLine, Leave, SupervisionMeeting
from supporters.reference import settings

PAID = {LeaveKind.PAID: HoursKind.LEAVE, LeaveKind.SICK: HoursKind.SICK}
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """`about`: id of the session, the meeting, the course or the leave that it comes from."""

    kind: HoursKind
    day: date
    minutes: int
    about: UUID
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def key(self) -> str:
        """What a form names it by."""
        return f"{self.kind}.{self.about}.{self.day:%Y%m%d}"

    @property
    def once(self) -> tuple[str, UUID, date | None]:
        """What can be taken once only: a day of leave, or something that took place."""
        return self.kind, self.about, self.day if self.kind in AWAY_KINDS else None


Source = Callable[[User, Period], Iterable[Proposal]]

_sources: list[Source] = []


def add_source(source: Source) -> None:
    """`source(user, period)`: what took place on these days, on the person's own calendar, e.g. a course."""
    _sources.append(source)


def proposals(user: User, period: Period, *, now: datetime) -> list[Proposal]:
    """What these days brought and is not taken yet, by day. What has not ended yet is not proposed."""
    care = settings()
    found = [*_led(user, period, care, now), *_supervision(user, period), *_leave(user, period, care)]
    found += [one for source in _sources for one in source(user, period)]
    taken = _taken(user, {one.about for one in found})
    # The same thing twice is one thing: whoever proposes it first.
    fresh = {one.once: one for one in reversed(found) if one.once not in taken}
    return sorted(fresh.values(), key=_order)


def _order(one: Proposal) -> tuple[date, datetime, UUID, str]:
    return one.day, one.starts_at or datetime.combine(one.day, time.max, UTC), one.about, one.kind


def _taken(user: User, about: Iterable[UUID]) -> set[tuple[str, UUID, date | None]]:
    rows = HoursLine.objects.filter(user=user, about__in=about, corrects__isnull=True)
    return {
        (kind, of, day if kind in AWAY_KINDS else None) for kind, of, day in rows.values_list("kind", "about", "day")
    }


def _led(user: User, period: Period, care: CareSetting, now: datetime) -> Iterable[Proposal]:
    """Each session that is over, with the minutes that come before and after it ([NH] rule 31)."""
    zone = ZoneInfo(user.time_zone)
    first = datetime.combine(period.first, time(0), zone)
    last = datetime.combine(period.last + timedelta(days=1), time(0), zone)
    for one in calendar.led([user.pk], first, last):
        if one.ends_at > now:
            continue
        day = one.starts_at.astimezone(zone).date()
        length = minutes_between(one.starts_at, one.ends_at)
        ends = one.starts_at + timedelta(minutes=length)
        yield Proposal(HoursKind.LEADING, day, length, one.session, one.starts_at, ends)
        beside = ((HoursKind.PREPARATION, care.preparation_minutes), (HoursKind.DEBRIEF, care.debrief_minutes))
        yield from (Proposal(kind, day, minutes, one.session) for kind, minutes in beside if minutes)


def _supervision(user: User, period: Period) -> Iterable[Proposal]:
    """Only that it took place and how long: what was said is opened by nobody here."""
    rows = SupervisionMeeting.objects.filter(user=user, held_on__range=(period.first, period.last))
    for pk, day, minutes in rows.values_list("pk", "held_on", "minutes"):
        yield Proposal(HoursKind.SUPERVISION, day, minutes, pk)


def _leave(user: User, period: Period, care: CareSetting) -> Iterable[Proposal]:
    """Every weekday of leave that is paid."""
    for leave in Leave.objects.of([user.pk], period.first, period.last).filter(kind__in=PAID):
        first, last = max(leave.first_day, period.first), min(leave.last_day, period.last)
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if day.weekday() < SATURDAY:
                minutes = leave.minutes_day or care.leave_day_minutes
                yield Proposal(PAID[LeaveKind(leave.kind)], day, minutes, leave.pk)
