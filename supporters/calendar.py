"""What somebody leads, and when: told by the app above that holds the sessions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Led:
    """One session that `user` leads or led; moments are aware."""

    user: UUID
    group: UUID
    session: UUID
    starts_at: datetime
    ends_at: datetime


Source = Callable[[Collection[UUID], datetime, datetime], Iterable[Led]]

_sources: list[Source] = []


def add_source(source: Source) -> None:
    """`source(accounts, first, last)`: sessions not cancelled that begin from `first` on and before `last`."""
    _sources.append(source)


def led(accounts: Collection[UUID], first: datetime, last: datetime) -> list[Led]:
    """Sessions of these accounts that begin from `first` on and before `last`, the earliest first. One query."""
    rows = [one for source in _sources for one in source(accounts, first, last)]
    return sorted(rows, key=lambda one: (one.starts_at, one.session, one.user))
