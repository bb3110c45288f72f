"""Whose record somebody was refused: apps above know which address is about whom."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

# (name of the route, what the address names) → the account id of the person, or None.
Subject = Callable[[str, UUID], "UUID | None"]
_subjects: list[Subject] = []


def add_subject(subject: Subject) -> None:
    _subjects.append(subject)


def subject_of(route: str, named: str) -> UUID | None:
    """The person whose record this address is about, as far as any app knows."""
    try:
        key = UUID(named)
    except ValueError:
        return None
    return next((found for subject in _subjects if (found := subject(route, key))), None)
