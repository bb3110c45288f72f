"""What somebody leads, and when: told by the app above that holds the sessions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Led:
    """One session that `user` leads or led; moments are aware."""

    user: UUID
    group: UUID
    session: UUID
    starts_at: datetime
    ends_at: datetime


# Accounts by their ids, or what gives those in SQL; (account, group, session, begin, end) by `values_list`.
Source = Callable[[Any, datetime, datetime], QuerySet[Any]]

_sources: list[Source] = []


def set_source(source: Source) -> None:
    """`source(accounts, first, last)`: sessions not cancelled that begin from `first` on and before `last`."""
    _sources[:] = [source]


def rows(accounts: Any, first: datetime, last: datetime) -> QuerySet[Any]:
    return _sources[-1](accounts, first, last)


def led(accounts: Collection[UUID], first: datetime, last: datetime) -> list[Led]:
    """Sessions of these accounts that begin from `first` on and before `last`, the earliest first. One query."""
    found = [Led(*row) for row in rows(accounts, first, last)]
    return sorted(found, key=lambda one: (one.starts_at, one.session, one.user))
