"""What sessions do when something happens on the floors below."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from contact.services import add_guard, add_planner
from groups import coming, hooks
from sessions import notices, services
from sessions.models import GroupSession


def subscribe() -> None:
    add_planner(notices.plan_reminders)
    for template in notices.templates():
        add_guard(template, notices.still_holds)
    hooks.on_ended(_end_series)
    coming.set_source(_next_of)


def _next_of(groups: Collection[UUID]) -> dict[UUID, datetime]:
    rows = GroupSession.objects.filter(group__in=groups).upcoming(timezone.now()).order_by("-starts_at")
    # The soonest comes last, and stays.
    return dict(rows.values_list("group_id", "starts_at"))


def _end_series(group: Any, *, by: Any) -> None:
    services.end_series(group)
