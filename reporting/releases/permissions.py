"""Who may do what with a report. Services and buttons ask the same functions."""

from __future__ import annotations

from typing import Any

from psp.choices import Role
from psp.sight import sight_of
from reporting.models import Release
from reporting.querysets import READERS


def can_prepare_release(user: Any) -> bool:
    return sight_of(user).has(Role.ANALYST)


def can_decide_releases(user: Any) -> bool:
    """Approve or send back, as long as somebody else prepared it."""
    return sight_of(user).has(*READERS)


def can_decide_release(user: Any, release: Release) -> bool:
    return can_decide_releases(user) and release.prepared_by_id != user.pk
