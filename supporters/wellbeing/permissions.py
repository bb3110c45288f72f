"""Who may pause a role, and check in: each for themselves."""

from __future__ import annotations

from typing import Any

from psp.choices import Role
from psp.sight import sight_of

# Whoever leads groups: with lived experience, or as a clinician beside them.
LEADING = (Role.SUPPORTER, Role.CLINICIAN)


def can_pause(user: Any, of: Any) -> bool:
    return bool(user.pk == of.pk and sight_of(user).has(*LEADING))


def can_check_in(user: Any, of: Any) -> bool:
    """Peer supporters alone: it is about what this work does to somebody who brings their own experience to it."""
    return bool(user.pk == of.pk and sight_of(user).has(Role.SUPPORTER))
