"""Meetings and short calls without anybody to hold them, and who of the team could. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from intake import availability
from intake.booking_rules import Published, Slot, hours_on
from intake.choices import HoursFor
from intake.models import IntakeMeeting, Participant, ShortCall
from psp.models import User


def meetings_of(user: User) -> QuerySet[Any]:
    """Of the coordinator's regions, the next first."""
    people = Participant.objects.in_regions_of(user)
    rows = IntakeMeeting.objects.unattended().filter(application__participant__in=people).order_by("starts_at")
    return rows.select_related("application__participant__user")


def calls(now: datetime) -> QuerySet[Any]:
    """Short calls still to come; what is over asks for nothing any more."""
    return ShortCall.objects.unattended().filter(ends_at__gt=now).order_by("starts_at")


def colleagues(meetings: Sequence[IntakeMeeting], now: datetime) -> dict[UUID, list[User]]:
    """For each meeting who of its region is free then: first who publishes that hour, then who has the fewest."""
    regions = {meeting.application.participant.program_region_id for meeting in meetings}
    able = availability.coordinators_in(None)
    wanted = {key: held for key, held in able.items() if held & regions}
    books, busy = availability.published(wanted, HoursFor.MEETING), availability.taken(list(wanted), now)
    load, people = availability.load(list(wanted), now), User.objects.in_bulk(list(wanted))

    def free_for(meeting: IntakeMeeting) -> list[User]:
        slot, region = Slot(meeting.starts_at, meeting.ends_at), meeting.application.participant.program_region_id
        free = [key for key, held in wanted.items() if region in held and _is_free(slot, busy.get(key, ()))]
        usual = {key for key in free if key in books and _within(slot, books[key][1])}
        free.sort(key=lambda key: (key not in usual, load.get(key, 0), people[key].name))
        return [people[key] for key in free]

    return {meeting.pk: free_for(meeting) if meeting.starts_at > now else [] for meeting in meetings}


def _is_free(slot: Slot, busy: Collection[Slot]) -> bool:
    return not any(slot.meets(one) for one in busy)


def _within(slot: Slot, book: Published) -> bool:
    """Whether the whole slot lies in the hours that this coordinator publishes."""
    zone = ZoneInfo(book.terms.zone)
    start, end = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    same_day = start.date() == end.date()
    return same_day and any(
        begin <= start.time() and end.time() <= stop for begin, stop in hours_on(book, start.date())
    )
