"""Telling people that there is a notice to read: in the way that is safe for each, or by a call, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from contact.choices import OutboxState
from contact.models import OutboxMessage
from contact.services import queue_message
from privacy.notices import Way, set_way
from psp.models import User

TEMPLATE = "notice_ready"
USEFUL_FOR = timedelta(days=60)


def send(person: User, key: UUID) -> None:
    """The message says nothing of what there is to read."""
    until = timezone.now() + USEFUL_FOR
    queue_message(person=person, template=TEMPLATE, key=_key(key), context={}, useful_until=until)


def states(keys: Iterable[UUID]) -> dict[UUID, Any]:
    wanted = {_key(key): key for key in keys}
    rows = OutboxMessage.objects.filter(key__in=wanted).values_list("key", "state")
    return {wanted[key]: OutboxState(state).label for key, state in rows}


def _key(key: UUID) -> str:
    return f"notice|{key}"


def register() -> None:
    set_way(Way(send, states))
