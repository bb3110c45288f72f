"""What people are told about invitations: that one is there, and one reminder. Neutral, by safe contact only.

Whether it is still open is asked again when a message is sent, so an answer needs no clearing up.
"""

from __future__ import annotations

from collections.abc import Iterable

from contact.models import OutboxMessage
from contact.services import queue_message
from groups.invited import message_key
from groups.models import Invitation
from psp.models import User

INVITATION, REMINDER = "invitation", "invitation_reminder"


def tell(invitation: Invitation, person: User) -> None:
    _queue(invitation, person, INVITATION)


def remind(invitation: Invitation, person: User) -> None:
    _queue(invitation, person, REMINDER)


def _queue(invitation: Invitation, person: User, template: str) -> None:
    queue_message(
        person=person, template=template, key=f"{message_key(invitation)}{template}",
        context={"invitation": str(invitation.pk)}, useful_until=invitation.answer_by,
    )  # fmt: skip


def still_open(message: OutboxMessage) -> bool:
    return Invitation.objects.open().filter(pk=message.context["invitation"]).exists()


def templates() -> Iterable[str]:
    return (INVITATION, REMINDER)
