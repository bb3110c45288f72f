"""Meetings and short calls whose coordinator has left or lost the region, and the room of one meeting.

A meeting goes to a colleague of the region who is free then, or the person is asked to choose another time. The
database's constraints decide who is free.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.availability import ways_of
from intake.choices import ApplicationState, CallWay, MeetingPlace, MeetingState
from intake.models import BookingTerms, IntakeMeeting, ShortCall
from intake.models_booking import pause_of, terms_of
from intake.permissions import can_handle_application, can_take_call
from intake.services import TAKEN as MEETING_TAKEN
from intake.services import _announce, _still_set, check_room
from intake.services_calls import TAKEN as CALL_TAKEN
from intake.services_change import become, end_meeting, opened
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User

TAKEN = {*MEETING_TAKEN, *CALL_TAKEN}


@transaction.atomic
def hand_meeting(*, meeting: IntakeMeeting, to: User, by: User) -> IntakeMeeting:
    """Give a set meeting to a colleague of the region at the same time. A second click changes nothing.

    The person is told only where the way to meet changes. DomainError: `not_of_region`, `colleague_busy`,
    `meeting_begun`, `meeting_over`.
    """
    application = opened(meeting.application, by, None)
    meeting = _still_set(meeting, application)
    if meeting.coordinator_id == to.pk:
        return meeting
    if not to.is_active or not can_handle_application(to, application):
        raise DomainError(_("This colleague does not coordinate the person's region."), code="not_of_region")
    if meeting.starts_at <= timezone.now():
        raise DomainError(_("This meeting has begun already. Ask the person for another time."), code="meeting_begun")
    place = meeting.place
    meeting.give_to(to)
    meeting.place = _place_with(terms_of(to), place)
    meeting.blocked_until = meeting.ends_at + pause_of(to)
    with _free(_("This colleague is with somebody else at that time by now. Choose another.")):
        meeting.save()
    become(application, ApplicationState.MEETING_SET)
    if meeting.place != place:
        _announce(meeting, "meeting_changed", application.revision)
    return meeting


def _place_with(terms: BookingTerms, place: str) -> str:
    """As it was agreed, where this coordinator can be met so: by video a link can still be given, a number must be."""
    return place if place == MeetingPlace.VIDEO or terms.phone else MeetingPlace.VIDEO


@contextmanager
def _free(sentence: str) -> Iterator[None]:
    """The database is the judge of who has time; this gives its refusal a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint_name(error) not in TAKEN:
            raise
        raise Conflict(sentence, code="colleague_busy") from error


@transaction.atomic
def ask_for_other_time(*, meeting: IntakeMeeting, by: User) -> IntakeMeeting:
    """Nobody can hold it: the person chooses another time, in their own time. It counts as no change of theirs."""
    application = opened(meeting.application, by, None)
    meeting = _still_set(meeting, application)
    end_meeting(meeting, MeetingState.CANCELLED)
    become(application, ApplicationState.SUBMITTED)
    _announce(meeting, "meeting_choose", application.revision)
    return meeting


@transaction.atomic
def take_call(*, call: ShortCall, by: User) -> ShortCall:
    """Answer a short call that was booked with somebody who has left.

    DomainError: `call_gone` (a colleague took it, it was cancelled or is over), `colleague_busy`, `no_room`.
    """
    require(can_take_call(by), "can_take_call")
    found: ShortCall | None = ShortCall.objects.select_for_update(of=("self",)).filter(pk=call.pk).first()
    if found is not None and found.coordinator_id == by.pk:
        return found
    if found is None or not ShortCall.objects.unattended().filter(pk=call.pk, ends_at__gt=timezone.now()).exists():
        raise Conflict(_("Somebody else takes this call by now, or it was cancelled."), code="call_gone")
    if found.way not in ways_of(terms_of(by)):
        raise DomainError(_no_room(found.way), code="no_room")
    found.coordinator = by
    found.blocked_until = found.ends_at + timedelta(minutes=settings.PSP_CALL_PAUSE_MINUTES)
    with _free(_("You are with somebody else at that time.")):
        found.save()
    # A call is about nobody that we know: the entry names no person, only who took it.
    audit.record(Action.CHANGE, found, purpose=Purpose.INTAKE, fields=("coordinator",))
    return found


def _no_room(way: str) -> str:
    if way == CallWay.VIDEO:
        return _("For this call you need a video link of short calls. Write one under My times, then take the call.")
    return _("For this call you need a number that people call. Write one under My times, then take the call.")


@transaction.atomic
def set_link(*, meeting: IntakeMeeting, link: str, by: User) -> IntakeMeeting:
    """The room of this meeting alone; "" for the coordinator's usual one. DomainError `meeting_over`, `open_room`."""
    application = opened(meeting.application, by, None)
    meeting = _still_set(meeting, application)
    check_room(meeting.coordinator, link)
    if meeting.link != link:
        meeting.link = link
        meeting.save()
        audit.record(Action.CHANGE, meeting, person=application.person_id, purpose=Purpose.INTAKE, fields=("link",))
    return meeting
