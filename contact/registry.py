"""What the apps above add to the outbox when they are ready, so that imports never run upward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact.models import OutboxMessage

# Queues what has become due at the moment given; must be idempotent. Returns how many messages it queued.
Planner = Callable[[datetime], int]
# Whether a message still makes sense, asked at the moment of sending.
Guard = Callable[["OutboxMessage"], bool]

_planners: list[Planner] = []
_guards: dict[str, Guard] = {}


def add_planner(planner: Planner) -> None:
    _planners.append(planner)


def planners() -> tuple[Planner, ...]:
    return tuple(_planners)


def add_guard(template: str, guard: Guard) -> None:
    """Ask `guard` before any message made from `template` leaves; "no" cancels the message."""
    _guards[template] = guard


def still_makes_sense(message: OutboxMessage) -> bool:
    guard = _guards.get(message.template_id)
    return guard is None or guard(message)
