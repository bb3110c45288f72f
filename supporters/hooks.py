"""What apps above want to know about supporters: they subscribe when the site starts (`psp.parts.join`).

Every subscriber runs inside the transaction of the change, after it was written: if one fails, nothing happened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Hook = Callable[..., object]

_on_paused: list[Hook] = []
_on_back: list[Hook] = []
_on_away: list[Hook] = []
_on_ended: list[Hook] = []


def on_paused(hook: Hook) -> None:
    """`hook(user, by=user)` when somebody pauses the role. Why is known to nobody."""
    _on_paused.append(hook)


def on_back(hook: Hook) -> None:
    """`hook(user, by=user)` when somebody is back from a pause, or takes leave back."""
    _on_back.append(hook)


def on_away(hook: Hook) -> None:
    """`hook(user, first_day, last_day, by=user)` when leave is noted; both days count."""
    _on_away.append(hook)


def on_ended(hook: Hook) -> None:
    """`hook(user, by=user)` when somebody is no longer a peer supporter."""
    _on_ended.append(hook)


def paused(user: Any, *, by: Any) -> None:
    for hook in _on_paused:
        hook(user, by=by)


def back(user: Any, *, by: Any) -> None:
    for hook in _on_back:
        hook(user, by=by)


def away(user: Any, first_day: Any, last_day: Any, *, by: Any) -> None:
    for hook in _on_away:
        hook(user, first_day, last_day, by=by)


def ended(user: Any, *, by: Any) -> None:
    for hook in _on_ended:
        hook(user, by=by)
