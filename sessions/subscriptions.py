"""What sessions do when something happens on the floors below."""

from __future__ import annotations

from typing import Any

from contact.services import add_guard, add_planner
from groups import hooks
from sessions import notices, services


def subscribe() -> None:
    add_planner(notices.plan_reminders)
    for template in notices.templates():
        add_guard(template, notices.still_holds)
    hooks.on_ended(_end_series)


def _end_series(group: Any, *, by: Any) -> None:
    services.end_series(group)
