"""What supporters lead and when, for those who look after them (`supporters.calendar`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sessions.choices import SessionState
from sessions.models import GroupSession
from supporters.calendar import Led, add_source


def led(accounts: Collection[UUID], first: datetime, last: datetime) -> Iterable[Led]:
    """Sessions that were or will be held, of groups that these accounts lead now."""
    rows = GroupSession.objects.exclude(state=SessionState.CANCELLED).filter(starts_at__gte=first, starts_at__lt=last)
    found = "group__leads__user_id", "group_id", "pk", "starts_at", "ends_at"
    return [Led(*row) for row in rows.filter(group__leads__user__in=accounts).values_list(*found)]


def register() -> None:
    add_source(led)
