"""One person, more than one account: files that became one.

The app that joins files says which accounts count with which. Here they are only followed: what is held under any of
them is in one copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from psp.models import User


@dataclass(frozen=True, slots=True)
class Joined:
    """`others(account)`: accounts that count with this one for good. `main(account)`: the one that it counts with."""

    others: Callable[[User], list[User]]
    main: Callable[[User], User]


_joined: list[Joined] = []


def add_joined(joined: Joined) -> None:
    _joined.append(joined)


def identities(person: User) -> list[User]:
    """The account itself, then every other one of the same person."""
    return [person, *(other for joined in _joined for other in joined.others(person))]


def main_identity(person: User) -> User:
    """The account in which this one goes on; itself as a rule."""
    for joined in _joined:
        person = joined.main(person)
    return person
