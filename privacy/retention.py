"""What other apps tell the retention of records: when something was last used, and how rows of theirs go.

Each app fills these when it is ready; nothing here knows any of their tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from psp.choices import Kind
from psp.models import User
from psp.once import keep_once

# None: in use now, whatever the past says (an open application, a place in a group that is running).
Used = tuple[UUID, datetime | None]


@dataclass(frozen=True, slots=True)
class LastUse:
    """Events of one kind by which a person's information was used for an administrative purpose.

    `collect(people)`: (account, moment) pairs about these accounts, as many as there are; the latest one counts.
    `while_here`: what it says is in use is so as long as the person works here. Where a member of the team went and
    nobody put their place in a cohort to an end, the place keeps no file for ever.
    """

    code: str
    collect: Callable[[Collection[UUID]], Iterable[Used]]
    while_here: bool = False


def _nothing(_cutoff: datetime, _most: int) -> None:
    """Most rows are found step by step."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table that go by themselves when they are old, without the person's file.

    `due(cutoff, until)`: for rows last used before `until`, (day of last use, how many); days before `cutoff` as one.
    `find(cutoff, most)`: called once before the first step, outside any transaction.
    `remove(cutoff, most, batch)`: takes up to `most` rows last used before `cutoff`, none about anybody whom a hold
    protects, inside the caller's transaction; how many went. Zero ends it.
    `most`: how many at a time, so that a step takes a few hundredths of a second. `order`: low ones go first, so that
    what points at other rows goes before them.
    """

    code: str
    record_type: str
    due: Callable[[datetime, datetime], Iterable[tuple[date, int]]]
    remove: Callable[[datetime, int, UUID], int]
    find: Callable[[datetime, int], None] = _nothing
    most: int = 2000
    order: int = 50


_last_uses: dict[str, LastUse] = {}
_rows: dict[str, Rows] = {}
_sources: list[Callable[[], Iterable[Rows]]] = []


def add_last_use(use: LastUse) -> None:
    keep_once(_last_uses, use.code, use)


def add_rows(rows: Rows) -> None:
    keep_once(_rows, rows.code, rows)


def add_rows_source(source: Callable[[], Iterable[Rows]]) -> None:
    """Rows that are only known when every app is ready."""
    _sources.append(source)


def rows_of(record_type: str) -> list[Rows]:
    known = [*_rows.values(), *(rows for source in _sources for rows in source())]
    return sorted((rows for rows in known if rows.record_type == record_type), key=lambda rows: (rows.order, rows.code))


def last_used(people: Collection[UUID]) -> dict[UUID, datetime | None]:
    """The latest administrative use of each of these files; None while one is in use. Those without any are missing."""
    found: dict[UUID, datetime | None] = {}
    closed = _closed(people)
    for source in _last_uses.values():
        for person, moment in source.collect(people):
            if moment is None and source.while_here and person in closed:
                continue
            found[person] = later(found[person], moment) if person in found else moment
    return found


def _closed(people: Collection[UUID]) -> set[UUID]:
    """Of those who worked here, the ones whose account an administrator closed."""
    rows = User.objects.filter(pk__in=people, is_active=False).exclude(kind=Kind.PARTICIPANT)
    return set(rows.values_list("pk", flat=True))


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two uses; one that goes on is the latest."""
    return None if one is None or other is None else max(one, other)
