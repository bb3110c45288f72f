"""What the apps above add to the outbox when they are ready, so that imports never run upward."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from psp.once import keep_once

if TYPE_CHECKING:
    from contact.models import OutboxMessage

# Queues what has become due at the moment given; must be idempotent. Returns how many messages it queued.
Planner = Callable[[datetime], int]
# Whether a message still makes sense, asked at the moment of sending.
Guard = Callable[["OutboxMessage"], bool]
# The same for many messages of one template: the keys of those that still do, in a constant number of queries.
GuardOfMany = Callable[[Sequence["OutboxMessage"]], Collection[UUID]]


class Guarded(NamedTuple):
    """Which messages a guard is asked about: of one template, with this name in their context."""

    template: str
    about: str


class Guards(NamedTuple):
    """One of the two: asked about each message, or about many at once."""

    each: Guard | None = None
    many: GuardOfMany | None = None

    def keys(self, messages: Sequence[OutboxMessage]) -> Collection[UUID]:
        """Of those that still make sense."""
        if self.many is not None:
            return self.many(messages)
        return [message.pk for message in messages if self.each is None or self.each(message)]


_must_reach: set[str] = set()
_planners: list[Planner] = []
_guards: dict[Guarded, Guards] = {}


def add_planner(planner: Planner) -> None:
    _planners.append(planner)


def planners() -> tuple[Planner, ...]:
    return tuple(_planners)


def add_guard(template: str, guard: Guard, *, about: str = "") -> None:
    """Ask `guard` before any message made from `template` leaves; "no" cancels the message.

    Several parts of the program may share a neutral template: each says what its own messages are `about`, a name in
    their context, and is asked about those alone. Without it, about all that nobody else claims. One guard for each.
    """
    keep_once(_guards, Guarded(template, about), Guards(each=guard))


def add_guard_of_many(template: str, guard: GuardOfMany, *, about: str = "") -> None:
    """As `add_guard`, for messages that leave by the thousand."""
    keep_once(_guards, Guarded(template, about), Guards(many=guard))


def without_sense(messages: Sequence[OutboxMessage]) -> frozenset[UUID]:
    """Those among these messages that make no sense any more."""
    senseless: set[UUID] = set()
    for guarded, group in groupby(sorted(messages, key=_guarded), key=_guarded):
        if guards := _guards.get(guarded):
            some = list(group)
            senseless |= {message.pk for message in some} - set(guards.keys(some))
    return frozenset(senseless)


def still_makes_sense(message: OutboxMessage) -> bool:
    return not without_sense([message])


def _guarded(message: OutboxMessage) -> Guarded:
    template = str(message.template_id)
    claimed = (one for one in _guards if one.template == template and one.about)
    return next((one for one in claimed if one.about in message.context), Guarded(template, ""))


def add_must_reach(template: str) -> None:
    """Where no safe hour comes before such a message is too late, somebody has to take care of the person."""
    _must_reach.add(template)


def must_reach(message: OutboxMessage) -> bool:
    return message.template_id in _must_reach
