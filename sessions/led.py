"""What supporters lead and when, for those who look after them (`supporters.calendar`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from sessions.choices import SessionState
from sessions.choices_cover import CoverState
from sessions.models import Cover, GroupSession
from supporters.calendar import Led, add_source


def led(accounts: Collection[UUID], first: datetime, last: datetime) -> Iterable[Led]:
    """Sessions that were or will be held, of groups that these accounts lead now, but for those that somebody else
    leads in their place; and those for which they stand in. One query."""
    rows = GroupSession.objects.exclude(state=SessionState.CANCELLED).filter(starts_at__gte=first, starts_at__lt=last)
    rows = rows.order_by()
    told = "group_id", "pk", "starts_at", "ends_at"
    away = Cover.objects.standing().filter(session=OuterRef("pk"), lead=OuterRef("group__leads__user"))
    own = rows.filter(~Exists(away), group__leads__user__in=accounts).values_list(F("group__leads__user_id"), *told)
    stood_in = rows.filter(covers__stand_in__in=accounts, covers__state=CoverState.TAKEN)
    return [Led(*row) for row in own.union(stood_in.values_list(F("covers__stand_in_id"), *told))]


def register() -> None:
    add_source(led)
