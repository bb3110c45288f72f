"""What the withdrawal of a consent means here, and which messages about meetings still make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consent.choices import ConsentPurpose
from consent.hooks import on_withdrawal
from contact.registry import add_guard
from contact.reminding import add_source
from intake.choices import MeetingState

if TYPE_CHECKING:
    from contact.models import OutboxMessage
    from psp.models import User


def subscribe() -> None:
    from intake.reminders import SOURCE

    on_withdrawal(stop_taking_part)
    add_source(SOURCE)
    for template in ("meeting_set", "meeting_moved", "meeting_changed"):
        add_guard(template, meeting_stands)


def stop_taking_part(*, person: User, purpose: str) -> None:
    """Whoever takes back the consent to taking part takes back the application, open or accepted."""
    if purpose != ConsentPurpose.TAKING_PART:
        return
    from intake.models import Application
    from intake.services import withdraw_application

    for application in Application.objects.standing().filter(participant__user=person):
        withdraw_application(application=application, by=person)


def meeting_stands(message: OutboxMessage) -> bool:
    """Whether the meeting is still set for the time that the message would say."""
    from intake.models import IntakeMeeting

    meeting = IntakeMeeting.objects.filter(pk=message.context["meeting"], state=MeetingState.SET).first()
    return meeting is not None and meeting.starts_at.isoformat() == message.context["at"]
