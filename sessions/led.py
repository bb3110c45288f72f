"""What supporters lead and when, for those who look after them (`supporters.calendar`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from groups.models import GroupLead
from sessions.choices import SessionState
from sessions.choices_cover import CoverState
from sessions.models import Cover, GroupSession
from supporters.calendar import set_source


def led(accounts: Any, first: datetime, last: datetime) -> QuerySet[Any]:
    """Sessions that were or will be held, of groups that these accounts lead now, but for those that somebody else
    leads in their place; and those for which they stand in. Each once: whoever stands in may lead it anyway."""
    rows = GroupSession.objects.exclude(state=SessionState.CANCELLED).filter(starts_at__gte=first, starts_at__lt=last)
    away = Cover.objects.standing().filter(session=OuterRef("pk"), lead=OuterRef("group__leads__user"))
    own = rows.order_by().filter(~Exists(away), group__leads__user__in=accounts)
    taken = Cover.objects.order_by().filter(session__in=rows, stand_in__in=accounts, state=CoverState.TAKEN)
    leads = GroupLead.objects.filter(group=OuterRef("session__group"), user=OuterRef("stand_in"))
    away_too = Cover.objects.standing().filter(session=OuterRef("session"), lead=OuterRef("stand_in"))
    stood_in = taken.filter(~Exists(leads) | Exists(away_too)).distinct()
    return own.values_list(F("group__leads__user_id"), "group_id", "pk", "starts_at", "ends_at").union(
        stood_in.values_list(
            F("stand_in_id"), "session__group_id", "session_id", "session__starts_at", "session__ends_at"
        ), all=True,
    )  # fmt: skip


def register() -> None:
    set_source(led)
