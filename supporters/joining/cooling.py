"""Time between the last group as a participant and the new role ([NH] rule 34). The app above says which groups."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Past:
    """One group of somebody: `running` while they are in it; `until`: the last day, None where it never met."""

    account: UUID
    running: bool
    until: date | None


@dataclass(frozen=True, slots=True)
class Earliest:
    """When somebody can begin. `in_group`: their group goes on, so no day can be said yet."""

    in_group: bool = False
    on: date | None = None

    def open(self, today: date) -> bool:
        return not self.in_group and (self.on is None or self.on <= today)


PastSource = Callable[[Collection[UUID]], Iterable[Past]]
_sources: list[PastSource] = []
_has_past: list[Callable[[UUID], bool]] = []


def add_past(source: PastSource) -> None:
    """`source(accounts)`: their groups as participants."""
    _sources.append(source)


def add_has_past(source: Callable[[UUID], bool]) -> None:
    """`source(account)`: whether a group of theirs is over, or they left it. One cheap question, for the portal."""
    _has_past.append(source)


def has_past(account: UUID) -> bool:
    return any(source(account) for source in _has_past)


def earliest(past: Iterable[Past], days: int) -> Earliest:
    """Pure. `days` after the last of these groups; at once where there was none."""
    rows = list(past)
    if any(row.running for row in rows):
        return Earliest(in_group=True)
    ends = [row.until for row in rows if row.until is not None]
    return Earliest(on=max(ends) + timedelta(days=days)) if ends else Earliest()


def earliest_of(accounts: Collection[UUID], days: int) -> Earliest:
    """For one person with all accounts that count as theirs."""
    return earliest((row for source in _sources for row in source(accounts)), days)
