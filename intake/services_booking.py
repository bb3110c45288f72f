"""Booking the intake meeting: what coordinators publish, and what people choose from it.

The database's constraints decide who has a time; whoever comes a moment later gets a clear answer. Every change of
the application's state goes through the same steps as the desk's (`intake.services`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.services import cancel_messages
from intake import availability
from intake.booking_rules import Slot, in_turn
from intake.choices import ApplicationState, HoursFor, PartOfDay
from intake.models import Application, BookingTerms, DayException, IntakeMeeting, MeetingWish, WeeklyHours
from intake.models_booking import terms_of
from intake.permissions import can_offer_times, is_own_application
from intake.services import (
    TAKEN,
    _announce,
    _still_set,
)
from intake.services_change import become, check_way, opened, standing_meeting
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User

WISHES = tuple(f"{weekday}-{part}" for weekday in range(7) for part in PartOfDay.values)
HOURS_AT_MOST = 60


class TimeGone(Conflict):
    """Somebody else took the time a moment ago, or it is not offered any more."""

    def __init__(self) -> None:
        super().__init__(
            _("This time has just been taken. You have lost nothing: here are the next free times."), code="time_gone"
        )


# --- What a coordinator publishes ---


@transaction.atomic
def set_terms(*, coordinator: User, by: User, **values: Any) -> BookingTerms:
    """How this coordinator meets people: `values` are fields of `BookingTerms`."""
    require(can_offer_times(by, coordinator), "offer_times")
    terms = terms_of(coordinator)
    for name, value in values.items():
        setattr(terms, name, value)
    terms.save()
    return terms


@transaction.atomic
def add_hours(
    *, coordinator: User, by: User, hours_for: str, weekday: int, start: time, end: time, begins: date,
    ends: date | None = None,
) -> WeeklyHours:  # fmt: skip
    """Offer these hours every week. DomainError `hours_in_order`, `days_in_order`, `too_many_hours`."""
    require(can_offer_times(by, coordinator), "offer_times")
    _check_hours(start, end)
    if ends is not None and ends < begins:
        raise DomainError(_("The last day comes before the first one."), code="days_in_order", field="ends")
    _check_number(coordinator)
    return WeeklyHours.objects.create(
        coordinator=coordinator, hours_for=hours_for, weekday=weekday, start=start, end=end, begins=begins, ends=ends
    )


@transaction.atomic
def add_exception(
    *, coordinator: User, by: User, day: date, away: bool, hours_for: str = HoursFor.MEETING,
    start: time | None = None, end: time | None = None,
) -> DayException:  # fmt: skip
    """A day off (with hours: away for a while), or extra hours. DomainError `hours_in_order`, `hours_needed`."""
    require(can_offer_times(by, coordinator), "offer_times")
    if (start is None) != (end is None) or (start is None and not away):
        raise DomainError(_("Write when it begins and when it ends."), code="hours_needed", field="start")
    if start is not None and end is not None:
        _check_hours(start, end)
    _check_number(coordinator)
    return DayException.objects.create(
        coordinator=coordinator, hours_for=hours_for, day=day, away=away, start=start, end=end
    )


def _check_hours(start: time, end: time) -> None:
    if end <= start:
        raise DomainError(_("The end comes before the beginning."), code="hours_in_order", field="end")


def _check_number(coordinator: User) -> None:
    if WeeklyHours.objects.filter(coordinator=coordinator).count() >= HOURS_AT_MOST:
        raise DomainError(_("These are very many hours. Remove some first."), code="too_many_hours")


@transaction.atomic
def remove_hours(*, hours: WeeklyHours, by: User) -> None:
    """Do not offer these hours any more. Meetings that are set stay set."""
    require(can_offer_times(by, hours.coordinator), "offer_times")
    hours.delete()


@transaction.atomic
def remove_exception(*, exception: DayException, by: User) -> None:
    require(can_offer_times(by, exception.coordinator), "offer_times")
    exception.delete()


# --- What a person books ---


@transaction.atomic
def book_meeting(*, application: Application, starts_at: datetime, place: str, by: User) -> IntakeMeeting:
    """Take a free time. The second click on the same time finds the meeting of the first.

    DomainError: `time_gone`, `already_booked`, `too_many_changes`, `wrong_state`.
    """
    application = opened(application, by, None, is_own_application)
    standing = standing_meeting(application)
    if standing is not None:
        return _the_same(standing, starts_at)
    check_way(application, ApplicationState.MEETING_SET)
    _check_changes(application)
    meeting = IntakeMeeting(application=application)
    _take(meeting, starts_at, place)
    MeetingWish.objects.filter(application=application).delete()
    become(application, ApplicationState.MEETING_SET)
    _announce(meeting, "meeting_set", application.revision)
    return meeting


@transaction.atomic
def move_own_meeting(*, meeting: IntakeMeeting, starts_at: datetime, place: str, by: User) -> IntakeMeeting:
    """Change a set meeting to another free time. DomainError as `book_meeting`, `too_late`, `meeting_over`."""
    application = opened(meeting.application, by, None, is_own_application)
    meeting = _still_set(meeting, application)
    if meeting.starts_at == starts_at:
        return meeting
    _check_changes(application)
    if not in_time(meeting):
        raise DomainError(
            _("It is too close to this meeting to move it here. If you cannot come, cancel it; that is fine."),
            code="too_late",
        )
    _take(meeting, starts_at, place, own_changes=meeting.own_changes + 1)
    become(application, ApplicationState.MEETING_SET)
    cancel_messages(key_prefix=f"meeting|{meeting.pk}|")
    _announce(meeting, "meeting_moved", application.revision)
    return meeting


def _the_same(meeting: IntakeMeeting, starts_at: datetime) -> IntakeMeeting:
    if meeting.starts_at != starts_at:
        raise DomainError(_("You have a meeting already. You can change its time."), code="already_booked")
    return meeting


def in_time(meeting: IntakeMeeting) -> bool:
    """Whether the person may still move it by themselves."""
    return timezone.now() <= meeting.starts_at - timedelta(hours=settings.PSP_MEETING_MOVE_HOURS)


def changes_left(application: Application) -> int:
    """How often the person may still change the time by themselves."""
    used = application.meetings.aggregate(used=Sum("own_changes"))["used"] or 0
    return max(0, settings.PSP_MEETING_CHANGES - used)


def _check_changes(application: Application) -> None:
    if not changes_left(application):
        raise DomainError(
            _("The time was changed a few times already. Tell us when you could, and a coordinator will find a time"
              " with you."), code="too_many_changes",
        )  # fmt: skip


def _take(meeting: IntakeMeeting, starts_at: datetime, place: str, **changes: Any) -> None:
    """Give the meeting this time with whoever is free then: first whom it was with, then the one with fewest."""
    now = timezone.now()
    times = availability.open_times(meeting.application.participant.program_region_id, HoursFor.MEETING, now)
    able = {key: {slot.starts_at for slot in one.slots} for key, one in times.items() if one.terms.place == place}
    order = in_turn(able, availability.load(list(able), now), starts_at)
    order.sort(key=lambda key: key != meeting.coordinator_id)
    for key in order:
        if _kept(meeting, times[key], starts_at, changes):
            return
    raise TimeGone


def _kept(meeting: IntakeMeeting, one: availability.Open, starts_at: datetime, changes: dict[str, Any]) -> bool:
    """Whether the database let this coordinator have it."""
    slot: Slot = next(slot for slot in one.slots if slot.starts_at == starts_at)
    revision = meeting.revision
    meeting.give_to(one.terms.coordinator)
    meeting.place = one.terms.place
    meeting.give_time(slot.starts_at, (slot.ends_at - slot.starts_at) // timedelta(minutes=1))
    for name, value in changes.items():
        setattr(meeting, name, value)
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError as error:
        if constraint_name(error) not in TAKEN:
            raise
        meeting.revision = revision
        return False
    return True


@transaction.atomic
def wish_for_times(*, application: Application, parts: Collection[str], by: User) -> MeetingWish:
    """No published time suits: say when one could. A coordinator reads it and offers a time. DomainError `no_parts`."""
    application = opened(application, by, None, is_own_application)
    check_way(application, ApplicationState.MEETING_SET)
    chosen = [part for part in WISHES if part in parts]
    if not chosen:
        raise DomainError(_("Choose at least one part of a day."), code="no_parts", field="parts")
    wish = MeetingWish.objects.filter(application=application).first() or MeetingWish(application=application)
    wish.parts, wish.at = chosen, timezone.now()
    wish.save()
    audit.record(Action.CHANGE, wish, person=application.person_id, purpose=Purpose.INTAKE, fields=("parts",))
    return wish
