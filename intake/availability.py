"""Which times coordinators can be met at, as the database holds them. Reads only; the reckoning is in booking_rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils import timezone

from intake.booking_rules import Once, Published, Slot, Terms, Weekly, free_slots
from intake.choices import CallWay, HoursFor, MeetingPlace, MeetingState
from intake.models import BookingTerms, DayException, IntakeMeeting, ShortCall, WeeklyHours
from psp.choices import Role
from psp.holidays import region_holidays
from psp.models import Region, RoleAssignment


@dataclass(frozen=True, slots=True, order=True)
class Offer:
    """A time that can be booked, with whomever has it free. `place`: how one meets."""

    at: datetime
    place: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Open:
    """One coordinator with times to offer."""

    terms: BookingTerms
    slots: tuple[Slot, ...]


def coordinators_in(region: str | None) -> dict[UUID, set[str]]:
    """Coordinators of a program region (None: of any) with all regions that they coordinate."""
    found: dict[UUID, set[str]] = {}
    rows = RoleAssignment.objects.filter(role=Role.COORDINATOR, user__is_active=True, region__isnull=False)
    for user, code in rows.order_by("user_id").values_list("user_id", "region_id"):
        found.setdefault(user, set()).add(str(code))
    return {user: codes for user, codes in found.items() if region is None or region in codes}


def published(coordinators: dict[UUID, set[str]], hours_for: str) -> dict[UUID, tuple[BookingTerms, Published]]:
    """What each of them published for this; nobody without terms."""
    terms = BookingTerms.objects.select_related("coordinator").in_bulk(list(coordinators))
    weekly: dict[UUID, list[Weekly]] = {}
    for row in WeeklyHours.objects.filter(coordinator__in=terms, hours_for=hours_for):
        weekly.setdefault(row.coordinator_id, []).append(
            Weekly(row.weekday, row.start, row.end, row.begins, row.ends)
        )  # fmt: skip
    exceptions = list(DayException.objects.filter(coordinator__in=terms))
    provinces = _provinces()
    return {
        key: (
            row,
            Published(
                _terms(row, hours_for), tuple(weekly.get(key, ())), _away(exceptions, key),
                _extra(exceptions, key, hours_for), holidays_of(frozenset().union(*(
                    provinces.get(code, frozenset()) for code in coordinators[key]
                ))),
            ),
        )
        for key, row in terms.items()
    }  # fmt: skip


def _terms(row: BookingTerms, hours_for: str) -> Terms:
    if hours_for == HoursFor.CALL:
        return Terms(
            row.time_zone, settings.PSP_CALL_MINUTES, settings.PSP_CALL_PAUSE_MINUTES,
            timedelta(hours=settings.PSP_CALL_NOTICE_HOURS), settings.PSP_CALL_HORIZON_DAYS,
        )  # fmt: skip
    notice = timedelta(hours=row.notice_hours)
    return Terms(row.time_zone, row.minutes, row.buffer_minutes, notice, row.horizon_days)


def _away(exceptions: Iterable[DayException], coordinator: UUID) -> tuple[Once, ...]:
    return tuple(_once(row) for row in exceptions if row.coordinator_id == coordinator and row.away)


def _extra(exceptions: Iterable[DayException], coordinator: UUID, hours_for: str) -> tuple[Once, ...]:
    own = (row for row in exceptions if row.coordinator_id == coordinator and not row.away)
    return tuple(_once(row) for row in own if row.hours_for == hours_for)


def _once(row: DayException) -> Once:
    return Once(row.day, (row.start, row.end) if row.start is not None and row.end is not None else None)


def _provinces() -> dict[str, frozenset[str]]:
    """Codes of provinces with holidays of their own, by program region."""
    found: dict[str, set[str]] = {}
    for region, code in Region.objects.exclude(holidays="").order_by("code").values_list("program_region", "holidays"):
        found.setdefault(region, set()).add(code)
    return {region: frozenset(codes) for region, codes in found.items()}


def holidays_of(provinces: frozenset[str]) -> frozenset[date]:
    """Statutory holidays of this year and the next in any of these provinces."""
    return frozenset(named_holidays(provinces, timezone.localdate().year, "en"))


@lru_cache(maxsize=64)
def named_holidays(provinces: frozenset[str], year: int, language: str) -> dict[date, str]:
    return region_holidays(provinces, (year, year + 1), language)


def holiday_names(coordinator: UUID, language: str) -> dict[date, str]:
    """The holidays on which this coordinator's weekly hours rest, with their names."""
    codes, provinces = coordinators_in(None).get(coordinator, set()), _provinces()
    union = frozenset().union(*(provinces.get(code, frozenset()) for code in codes))
    return named_holidays(union, timezone.localdate().year, language)


def taken(coordinators: Collection[UUID], now: datetime) -> dict[UUID, list[Slot]]:
    """What each has in the calendar from now on: meetings that are set and short calls, with the pause after them."""
    found: dict[UUID, list[Slot]] = {}
    meetings = IntakeMeeting.objects.filter(state=MeetingState.SET, coordinator__in=coordinators)
    calls = ShortCall.objects.filter(coordinator__in=coordinators)
    for rows in (meetings, calls):
        held = rows.filter(ends_at__gt=now - timedelta(hours=3)).order_by()
        for key, start, end in held.values_list("coordinator_id", "starts_at", Coalesce("blocked_until", "ends_at")):
            found.setdefault(key, []).append(Slot(start, end))
    return found


def open_times(region: str | None, hours_for: str, now: datetime | None = None) -> dict[UUID, Open]:
    """Coordinators with something free, and their free slots. Short calls: none on a day that has enough of them."""
    moment = now or timezone.now()
    books = published(coordinators_in(region), hours_for)
    busy = taken(list(books), moment)
    full = full_days({key: terms for key, (terms, _book) in books.items()}) if hours_for == HoursFor.CALL else {}
    found = {}
    for key, (terms, book) in books.items():
        slots = free_slots(book, busy.get(key, ()), moment)
        if key in full:
            slots = [slot for slot in slots if day_on(terms, slot.starts_at) not in full[key]]
        found[key] = Open(terms, tuple(slots))
    return {key: one for key, one in found.items() if one.slots}


def day_on(terms: BookingTerms, moment: datetime) -> date:
    """The day of the coordinator's own clock."""
    return moment.astimezone(ZoneInfo(terms.time_zone)).date()


def full_days(terms: dict[UUID, BookingTerms]) -> dict[UUID, set[date]]:
    """Days on which a coordinator has as many short calls as one takes in a day: nobody can fill a calendar.

    Calls that are over are forgotten the day after, so that every row there counts.
    """
    calls: dict[UUID, Counter[date]] = {}
    for key, at in ShortCall.objects.filter(coordinator__in=terms).order_by().values_list("coordinator", "starts_at"):
        calls.setdefault(key, Counter())[day_on(terms[key], at)] += 1
    return {
        key: {day for day, number in days.items() if number >= settings.PSP_CALLS_PER_DAY}
        for key, days in calls.items()
    }


def offers(times: dict[UUID, Open]) -> list[Offer]:
    """What people can choose from, in order; who is behind a time is not said."""
    made = {
        Offer(slot.starts_at, one.terms.place, (slot.ends_at - slot.starts_at) // timedelta(minutes=1))
        for one in times.values()
        for slot in one.slots
    }
    return sorted(made)


def ways(times: dict[UUID, Open]) -> list[str]:
    """How a short call can be held with at least one of these coordinators."""
    able = {way for one in times.values() for way in ways_of(one.terms)}
    return [way for way in CallWay.values if way in able]


def ways_of(terms: BookingTerms) -> list[str]:
    """Where a coordinator can be called, by link or number; calling somebody back is always possible."""
    possible = {CallWay.PHONE: terms.phone, CallWay.VIDEO: terms.call_link, CallWay.CALL_BACK: "-"}
    return [str(way) for way, where in possible.items() if where]


def load(coordinators: Collection[UUID], now: datetime) -> dict[UUID, int]:
    """How many intake meetings each has ahead."""
    rows = IntakeMeeting.objects.filter(state=MeetingState.SET, coordinator__in=coordinators, starts_at__gte=now)
    counted = rows.order_by().values("coordinator_id").annotate(number=Count("pk"))
    return {row["coordinator_id"]: row["number"] for row in counted}


def room_of(coordinator: UUID, region: str | None = None) -> BookingTerms | None:
    """How this coordinator meets people, as long as they coordinate the region (None: any).

    Whoever has left still owns the room: nobody is sent there.
    """
    held = RoleAssignment.objects.filter(role=Role.COORDINATOR, user=coordinator, user__is_active=True)
    if region is not None:
        held = held.filter(region=region)
    return BookingTerms.objects.filter(pk=coordinator).first() if held.exists() else None


def where_to_join(meeting: IntakeMeeting, terms: BookingTerms | None, now: datetime) -> str:
    """The number of a meeting by phone; its link, but only from shortly before until its end. "" where there is none.

    `terms`: as `room_of` gives them. Whoever has a link can walk in, so nobody has it for longer than it serves.
    """
    if terms is None:
        return ""
    if meeting.place == MeetingPlace.PHONE:
        return str(terms.phone)
    return link_of(meeting, terms) if door_opens(meeting) <= now < meeting.ends_at else ""


def link_of(meeting: IntakeMeeting, terms: BookingTerms | None) -> str:
    """The meeting's own room; the coordinator's for every meeting, where they want that."""
    usual = terms.video_link if terms and terms.link_for_all else ""
    return str(meeting.link or usual)


def door_opens(meeting: IntakeMeeting) -> datetime:
    """From when the person's page shows the link."""
    return meeting.starts_at - timedelta(minutes=settings.PSP_MEETING_LINK_MINUTES)
