"""How the privacy officer's pages call people: by an opaque reference, never by a name.

Apps above know the references of their people and add a directory when they are ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psp.choices import Kind, Role
from psp.models import User


@dataclass(frozen=True, slots=True)
class Directory:
    """`find(text)`: the account that has this reference, or None. `labels(ids)`: references of these accounts.

    `regions(ids)`: codes of the program regions of their files.
    """

    find: Callable[[str], UUID | None]
    labels: Callable[[Iterable[UUID]], dict[UUID, str]]
    regions: Callable[[Iterable[UUID]], dict[UUID, str]] = lambda _ids: {}


_directories: list[Directory] = []


def add_directory(directory: Directory) -> None:
    _directories.append(directory)


def find_person(text: str) -> UUID | None:
    """The account with this reference."""
    return next((found for directory in _directories if (found := directory.find(text))), None)


def labels_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What to call these accounts: participants by their reference, everybody else by their username."""
    wanted = set(ids)
    found = dict(User.objects.filter(pk__in=wanted).exclude(kind=Kind.PARTICIPANT).values_list("pk", "username"))
    for directory in _directories:
        found |= directory.labels(wanted)
    return found


def regions_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Account → the program region of its file; accounts without one are left out."""
    wanted = set(ids)
    found: dict[UUID, str] = {}
    for directory in _directories:
        found |= directory.regions(wanted)
    return found


def roles_of(ids: Iterable[UUID]) -> dict[Any, Any]:
    """What to call these accounts in a copy that another person keeps: by role, never by name."""
    found = User.objects.filter(pk__in=set(ids)).prefetch_related("roles")
    return {user.pk: role_of(user) for user in found}


def role_of(user: User) -> Any:
    """The first role of an account in the order of `Role`; the kind of account where it has none."""
    held = {assignment.role for assignment in user.roles.all()}
    return next((role.label for role in Role if role in held), Kind(user.kind).label)
