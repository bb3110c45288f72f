"""What apps above this one do when a request is answered; they subscribe when the site starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from privacy.models import RightsRequest

AnsweredHook = Callable[["RightsRequest"], None]

_on_answered: list[AnsweredHook] = []


def on_answered(hook: AnsweredHook) -> None:
    """Call `hook(request)` inside the transaction of the answer. Subscribing twice counts once."""
    if hook not in _on_answered:
        _on_answered.append(hook)


def answered(request: RightsRequest) -> None:
    for hook in _on_answered:
        hook(request)
