"""What the apps above add to the outbox when they are ready, so that imports never run upward."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from contact.models import OutboxMessage

# Queues what has become due at the moment given; must be idempotent. Returns how many messages it queued.
Planner = Callable[[datetime], int]
# Whether a message still makes sense, asked at the moment of sending.
Guard = Callable[["OutboxMessage"], bool]
# The same for many messages of one template: the keys of those that still do, in a constant number of queries.
GuardOfMany = Callable[[Sequence["OutboxMessage"]], Collection[UUID]]

_must_reach: set[str] = set()
_planners: list[Planner] = []
_guards: dict[str, GuardOfMany] = {}


def add_planner(planner: Planner) -> None:
    _planners.append(planner)


def planners() -> tuple[Planner, ...]:
    return tuple(_planners)


def add_guard(template: str, guard: Guard) -> None:
    """Ask `guard` before any message made from `template` leaves; "no" cancels the message."""
    _guards[template] = lambda messages: [message.pk for message in messages if guard(message)]


def add_guard_of_many(template: str, guard: GuardOfMany) -> None:
    """As `add_guard`, for messages that leave by the thousand."""
    _guards[template] = guard


def without_sense(messages: Sequence[OutboxMessage]) -> frozenset[UUID]:
    """Those among these messages that make no sense any more."""
    senseless: set[UUID] = set()
    for template, group in groupby(sorted(messages, key=_template), key=_template):
        if guard := _guards.get(template):
            some = list(group)
            senseless |= {message.pk for message in some} - set(guard(some))
    return frozenset(senseless)


def still_makes_sense(message: OutboxMessage) -> bool:
    return not without_sense([message])


def _template(message: OutboxMessage) -> str:
    return str(message.template_id)


def add_must_reach(template: str) -> None:
    """Where no safe hour comes before such a message is too late, somebody has to take care of the person."""
    _must_reach.add(template)


def must_reach(message: OutboxMessage) -> bool:
    return message.template_id in _must_reach
