"""Who leads which groups, and how much they wish to lead: told by the app above that holds the groups."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet

# Accounts by their ids, or as a query that gives those.
Accounts = Collection[UUID] | QuerySet[Any]


class Source(Protocol):
    """Each gives rows by `values_list`, for accounts that are asked about; for all of them where `accounts` is None."""

    def led(self, accounts: Accounts | None) -> QuerySet[Any]:
        """(account, running group, whether as staff)."""

    def wishes(self, accounts: Accounts | None) -> QuerySet[Any]:
        """(account, groups at once that they wish at most, whether they want to be proposed for none now)."""


_sources: list[Callable[[], Source]] = []


def set_source(source: Callable[[], Source]) -> None:
    _sources[:] = [source]


def source() -> Source:
    return _sources[-1]()
