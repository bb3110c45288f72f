"""What apps above this one do when somebody withdraws a consent; they subscribe when the site starts.

Every subscriber runs inside the transaction of the withdrawal, after it was written: if one fails, nothing
happened ([NH Annex F] rule 22: a withdrawal takes effect at once everywhere).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from psp.models import User


class WithdrawalHook(Protocol):
    """Must be safe to run again: a person may sign anew and withdraw a second time."""

    def __call__(self, *, person: User, purpose: str) -> None: ...


_on_withdrawal: list[WithdrawalHook] = []


def on_withdrawal(hook: WithdrawalHook) -> None:
    """Call `hook(person=user, purpose="taking_part" | …)` at every withdrawal. Subscribing twice counts once."""
    if hook not in _on_withdrawal:
        _on_withdrawal.append(hook)


def withdrawn(*, person: User, purpose: str) -> None:
    """Tell every subscriber, in the order in which they subscribed (lower floors first)."""
    for hook in _on_withdrawal:
        hook(person=person, purpose=purpose)
