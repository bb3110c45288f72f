"""Intake meetings. Decisions are in `intake.services_decisions`, the arrival of an application in `intake.sending`.

`revision` is the number that the page showed; None leaves the comparison out (scripts, the person's own pages).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.services import cancel_messages, queue_message
from intake.choices import ApplicationState, MeetingState
from intake.models import Application, IntakeMeeting, place_of
from intake.models_booking import terms_of
from intake.permissions import can_cancel_meeting
from intake.sending import (
    ContactWishes,
    Sending,
    Signing,
    apply_again,
    check,
    count_ineligible,
    submit_application,
    version_in_force,
)
from intake.services_change import become, check_way, end_meeting, opened
from intake.services_decisions import accept, correct_answers, decline, defer, refer, take_up, withdraw_application
from psp.errors import DomainError, constraint_name
from psp.models import User

__all__ = [
    "ContactWishes", "Sending", "Signing", "accept", "apply_again", "cancel_meeting", "check", "correct_answers",
    "count_ineligible", "decline", "defer", "move_meeting", "record_missed_meeting", "refer", "set_meeting",
    "submit_application", "take_up", "version_in_force", "withdraw_application",
]  # fmt: skip

MEETING_MINUTES = 45
# Constraints that refuse a second meeting at one time.
TAKEN = ("meeting_coordinator_free", "coordinator_one_at_a_time")
TELLS_TIME = ("meeting_set", "meeting_moved", "meeting_changed")


# --- The intake meeting ([PIA] rule 5) ---


@transaction.atomic
def set_meeting(
    *, application: Application, starts_at: datetime, by: User, minutes: int = MEETING_MINUTES,
    revision: int | None = None, link: str = "",
) -> IntakeMeeting:  # fmt: skip
    """Set the meeting with `by` and tell the person. `link`: a room for it alone, which goes out in no message.

    DomainError: `meeting_in_past`, `coordinator_busy`, `wrong_state`, `open_room`.
    """
    application = opened(application, by, revision)
    check_way(application, ApplicationState.MEETING_SET)
    _check_time(starts_at)
    check_room(by, link)
    meeting = IntakeMeeting(application=application, coordinator=by, place=place_of(by), link=link)
    _write_time(meeting, starts_at, minutes)
    become(application, ApplicationState.MEETING_SET)
    _announce(meeting, "meeting_set", application.revision)
    return meeting


@transaction.atomic
def move_meeting(
    *, meeting: IntakeMeeting, starts_at: datetime, by: User, minutes: int | None = None, revision: int | None = None
) -> IntakeMeeting:
    """Give a set meeting another time and tell the person. DomainError as `set_meeting`, and `meeting_over`."""
    application = opened(meeting.application, by, revision)
    meeting = _still_set(meeting, application)
    _check_time(starts_at)
    length = (meeting.ends_at - meeting.starts_at) // timedelta(minutes=1) if minutes is None else minutes
    _write_time(meeting, starts_at, length)
    become(application, ApplicationState.MEETING_SET)
    cancel_messages(key_prefix=f"meeting|{meeting.pk}|")
    _announce(meeting, "meeting_moved", application.revision)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: IntakeMeeting, by: User, revision: int | None = None) -> IntakeMeeting:
    """Take the meeting back; the application returns to the list.

    The person may do it too, without a reason, when the time does not suit. Otherwise they are told.
    """
    application = opened(meeting.application, by, revision, can_cancel_meeting)
    meeting = _still_set(meeting, application)
    meeting.own_changes += by.pk == application.person_id
    end_meeting(meeting, MeetingState.CANCELLED)
    become(application, ApplicationState.SUBMITTED)
    if by.pk != application.person_id:
        _announce(meeting, "meeting_cancelled", application.revision)
    return meeting


@transaction.atomic
def record_missed_meeting(*, meeting: IntakeMeeting, by: User, revision: int | None = None) -> IntakeMeeting:
    """The person did not come. The application returns to the list, and a gentle message says that this is fine."""
    application = opened(meeting.application, by, revision)
    meeting = _still_set(meeting, application)
    if meeting.starts_at > timezone.now():
        raise DomainError(_("This meeting has not begun yet."), code="meeting_not_begun")
    end_meeting(meeting, MeetingState.MISSED)
    become(application, ApplicationState.SUBMITTED)
    _announce(meeting, "meeting_missed", application.revision)
    return meeting


def check_room(coordinator: User, link: str) -> None:
    """Not the room of short calls, whose link anybody gets without a name."""
    if link and link == terms_of(coordinator).call_link:
        raise DomainError(
            _("Choose another room: with this link anybody could come into a meeting."), code="open_room", field="link"
        )


def _check_time(starts_at: datetime) -> None:
    if starts_at <= timezone.now():
        raise DomainError(_("Choose a time that is still to come."), code="meeting_in_past", field="starts_at")


def _write_time(meeting: IntakeMeeting, starts_at: datetime, minutes: int) -> None:
    meeting.give_time(starts_at, minutes)
    with _coordinator_free():
        meeting.save()


@contextmanager
def _coordinator_free() -> Iterator[None]:
    """The database's exclusion constraint is the judge; this gives its refusal a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint_name(error) not in TAKEN:
            raise
        raise DomainError(
            _("You have another intake meeting at that time, or a short call. Choose another time."),
            code="coordinator_busy", field="starts_at",
        ) from error  # fmt: skip


def _still_set(meeting: IntakeMeeting, application: Application) -> IntakeMeeting:
    """The meeting as it is now; the application's lock keeps it so."""
    fresh: IntakeMeeting = application.meetings.get(pk=meeting.pk)
    if fresh.state != MeetingState.SET:
        raise DomainError(_("This meeting is not set any more. Look at it as it is now."), code="meeting_over")
    return fresh


def _announce(meeting: IntakeMeeting, template: str, revision: int) -> None:
    """Tell the person; news of a set time is of no use once it has begun."""
    context, useful_until = {"meeting": str(meeting.pk)}, None
    if template in TELLS_TIME:
        context["at"], useful_until = meeting.starts_at.isoformat(), meeting.starts_at
    queue_message(
        person=meeting.application.participant.user, template=template, context=context,
        key=f"meeting|{meeting.pk}|{template}|{revision}", useful_until=useful_until,
    )  # fmt: skip
