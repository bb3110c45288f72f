"""What apps above this one want to know about groups; they subscribe when the site starts.

Every subscriber runs inside the transaction of the change, after it was written: if one fails, nothing
happened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GroupHook = Callable[..., None]

_on_established: list[GroupHook] = []
_on_ended: list[GroupHook] = []
_on_left: list[GroupHook] = []
_on_answered: list[GroupHook] = []


def on_established(hook: GroupHook) -> None:
    """`hook(group, by=user)` when a group is established."""
    _on_established.append(hook)


def on_ended(hook: GroupHook) -> None:
    """`hook(group, by=user)` when a group is completed or cancelled (read its `state`)."""
    _on_ended.append(hook)


def on_left(hook: GroupHook) -> None:
    """`hook(membership, by=user)` when somebody is no longer in a group."""
    _on_left.append(hook)


def on_answered(hook: GroupHook) -> None:
    """`hook(invitation, by=user or None)` when an invitation is not open any more (read its `state`).

    The group's row is locked then, so nobody's file may be locked any more: what needs that waits for the commit.
    """
    _on_answered.append(hook)


def established(group: Any, *, by: Any) -> None:
    for hook in _on_established:
        hook(group, by=by)


def ended(group: Any, *, by: Any) -> None:
    for hook in _on_ended:
        hook(group, by=by)


def left(membership: Any, *, by: Any) -> None:
    for hook in _on_left:
        hook(membership, by=by)


def answered(invitation: Any, *, by: Any) -> None:
    for hook in _on_answered:
        hook(invitation, by=by)
