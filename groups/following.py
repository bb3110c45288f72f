"""What happens in the line of an open group when something happens elsewhere in it."""

from __future__ import annotations

from typing import Any

from groups import hooks
from groups.choices import GroupKind
from groups.services_enrolling import end_line, follow, offer_soon


def place_is_free(membership: Any, *, by: Any) -> None:
    if membership.group.kind != GroupKind.FORMAL:
        offer_soon(membership.group_id)


def group_is_over(group: Any, *, by: Any) -> None:
    end_line(group)


def subscribe() -> None:
    hooks.on_left(place_is_free)
    hooks.on_ended(group_is_over)
    hooks.on_answered(follow)
