"""What every change of an application begins and ends with: lock, permission, transition, write, audit.

`revision` is the number that the page showed; None leaves the comparison out (scripts, the person's own pages).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from contact.services import cancel_messages
from intake.choices import ApplicationState, MeetingState
from intake.models import Application, IntakeMeeting
from intake.permissions import can_handle_application, may_become
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User


def locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("participant__user")
    return rows.get(pk=application.pk)  # type: ignore[no-any-return]


def opened(
    application: Application, by: User, revision: int | None,
    allowed: Callable[[User, Application], bool] = can_handle_application,
) -> Application:  # fmt: skip
    """The locked row, once it is clear that `by` may change it and saw its present state."""
    fresh = locked(application)
    require(allowed(by, fresh), allowed.__name__)
    if revision is not None and fresh.revision != revision:
        raise Conflict(
            _("Somebody changed this application a moment ago. Look at it as it is now, then try again."), code="stale"
        )
    return fresh


def check_way(application: Application, state: ApplicationState) -> None:
    if not may_become(application, state):
        raise DomainError(
            _("This application is not at that point any more. Look at it as it is now."), code="wrong_state"
        )


def become(application: Application, state: ApplicationState, **changes: Any) -> None:
    """Write the new state and note it. The caller has checked the way."""
    application.state = state
    for name, value in changes.items():
        setattr(application, name, value)
    application.revision += 1
    application.last_action_at = timezone.now()
    application.save()
    audit.record(
        Action.CHANGE, application, person=application.person_id, purpose=Purpose.INTAKE, fields=("state", *changes)
    )


def standing_meeting(application: Application) -> IntakeMeeting | None:
    return application.meetings.filter(state=MeetingState.SET).first()


def end_meeting(meeting: IntakeMeeting, state: MeetingState) -> None:
    meeting.state = state
    meeting.revision += 1
    meeting.save()
    cancel_messages(key_prefix=f"meeting|{meeting.pk}|")


def close_meeting(application: Application, state: MeetingState) -> None:
    """End the meeting that is set, if one is."""
    meeting = standing_meeting(application)
    if meeting is not None:
        end_meeting(meeting, state)
