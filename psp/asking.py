"""Questions that a page asks every time it is drawn: put into SQL once in a process, and asked together.

For pages that people open many times a day. Django needs longer to put such a queryset into SQL, and the database to
plan it, than the answer takes. A `Question` keeps both; what changes from reader to reader and from hour to hour goes
in each time, and no answer is kept.

    LATE = Question(
        lambda reader, now: Task.objects.visible_to(reader).filter(due_at__lt=now).values_list("pk"),
        now_and_today, of="count(*)",
    )
    late, others = ask(reader, [LATE, OTHERS])
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import QuerySet

from psp.choices import Role
from psp.models import User
from psp.sight import coordinated_regions, remember

Rows = list[tuple[Any, ...]]
Values = Mapping[str, datetime | date]
# What stands for the reader, their regions and the values while the SQL is made: nothing else is ever equal to these.
READER = UUID("00000000-0000-4000-8000-00000000a5c0")
REGION = "\x01{}"
MOMENT, DAY = datetime(4000, 1, 1, tzinfo=UTC), date(4000, 1, 1)
MENTIONED = re.compile(r"%\((\w+)\)s")
# The database cannot know how many rows a part of a long statement gives, and takes it for one: it would go through
# hundreds of people again for each of hundreds. It plans once, since planning would take longer than the answer.
WELL_PLANNED = "SET LOCAL enable_nestloop = off; SET LOCAL plan_cache_mode = force_generic_plan"
AS_BEFORE = "SET LOCAL enable_nestloop = DEFAULT; SET LOCAL plan_cache_mode = DEFAULT"
# The region of whoever coordinates none.
NOWHERE = ""


@dataclass(frozen=True, eq=False)
class Question:
    """`rows(reader, **values)` gives a queryset with `values_list`. It runs once for each number of regions, with
    stand-ins: it may only hand them on, to `visible_to` and the like and to filters.

    `values(reader)`: the moments and days that change. `of`: SQL about those rows, e.g. "count(*)", to be told instead
    of the rows themselves; it may name their columns, and `values` as %(name)s.
    """

    rows: Callable[..., QuerySet[Any]]
    values: Callable[[User], Values] = lambda _reader: {}
    of: str = ""


@dataclass(frozen=True, eq=False)
class Joined:
    """One statement over several querysets: `parts`: the name and columns of each, as WITH has them, and what makes
    it, with stand-ins for `moments` and `days` by their names. `sql` goes on after the parts; it names them, and any
    value as %(name)s.
    """

    parts: Mapping[str, Callable[..., QuerySet[Any]]]
    sql: str
    days: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()


def ask(reader: User, questions: Sequence[Question]) -> list[Rows]:
    """The answers, for what this coordinator may see, in one round trip."""
    regions = sorted(coordinated_regions(reader)) or [NOWHERE]
    given = {"reader": reader.pk} | {f"region{number}": code for number, code in enumerate(regions)}
    with connection.cursor() as cursor:
        calls = []
        for question in questions:
            values = question.values(reader)
            kinds = tuple((name, isinstance(value, datetime)) for name, value in values.items())
            calls.append(_call(cursor, statement(question, len(regions), kinds), given | dict(values)))
        cursor.execute("; ".join(calls))
        return [_next(cursor, first=not number) for number in range(len(calls))]


def ask_joined(reader: User, joined: Joined, **values: Any) -> Rows:
    """The answer to one statement made of several querysets."""
    regions = sorted(coordinated_regions(reader)) or [NOWHERE]
    given = {"reader": reader.pk} | {f"region{number}": code for number, code in enumerate(regions)} | values
    with connection.cursor() as cursor:
        call = _call(cursor, joined_statement(joined, len(regions)), given)
        cursor.execute(f"{WELL_PLANNED}; {call}; {AS_BEFORE}")
        for _setting in range(WELL_PLANNED.count(";") + 1):
            cursor.nextset()
        rows: Rows = cursor.fetchall()
        return rows


def _next(cursor: Any, *, first: bool) -> Rows:
    if not first:
        cursor.nextset()
    rows: Rows = cursor.fetchall()
    return rows


# --- Into SQL, once in a process ---


@dataclass(frozen=True, eq=False)
class Statement:
    """SQL with $1, $2 … for the values called `names`."""

    sql: str
    names: tuple[str, ...]


@cache
def statement(question: Question, regions: int, kinds: tuple[tuple[str, bool], ...]) -> Statement:
    """`kinds`: each value's name, and whether it is a moment rather than a day."""
    reader, values, marks = _stand_ins(regions, kinds)
    text = _text(question.rows(reader, **values), marks)
    if question.of:
        text = f"SELECT {marks.mentioned(question.of)} FROM ({text}) AS rows"  # noqa: S608  # nosec B608
    return Statement(text, tuple(marks.names))


@cache
def joined_statement(joined: Joined, regions: int) -> Statement:
    kinds = (*((name, False) for name in joined.days), *((name, True) for name in joined.moments))
    reader, values, marks = _stand_ins(regions, kinds)
    parts = [f"{name} AS ({_text(rows(reader, **values), marks)})" for name, rows in joined.parts.items()]
    return Statement(f"WITH {', '.join(parts)}{marks.mentioned(joined.sql)}", tuple(marks.names))


def _stand_ins(regions: int, kinds: tuple[tuple[str, bool], ...]) -> tuple[User, dict[str, Any], _Marks]:
    values: dict[str, Any] = {
        name: MOMENT + timedelta(seconds=number) if is_moment else DAY + timedelta(days=number)
        for number, (name, is_moment) in enumerate(kinds)
    }
    codes = {f"region{number}": REGION.format(number) for number in range(regions)}
    reader = User(pk=READER)
    remember(reader, [(Role.COORDINATOR, code) for code in codes.values()])
    return reader, values, _Marks({"reader": READER} | codes | values)


def _text(rows: QuerySet[Any], marks: _Marks) -> str:
    sql, params = rows.query.sql_with_params()
    return str(sql % tuple(marks.of(value) for value in params))


class _Marks:
    """Which value stands where: numbered as they are met. Everything that never changes is written out."""

    def __init__(self, stand_ins: Mapping[str, Any]) -> None:
        self.known = {value: name for name, value in stand_ins.items()}
        self.names: list[str] = []

    def named(self, name: str) -> str:
        if name not in self.names:
            self.names.append(name)
        return f"${self.names.index(name) + 1}"

    def mentioned(self, sql: str) -> str:
        return MENTIONED.sub(lambda found: self.named(found[1]), sql)

    def of(self, value: Any) -> str:
        if isinstance(value, str | date | UUID) and value in self.known:
            return self.named(self.known[value])
        if isinstance(value, date | UUID):
            raise ImproperlyConfigured(f"A question may only hand its values on; {value} would stay for ever.")
        with connection.cursor() as cursor:
            return str(cursor.mogrify("%s", [value]))


# --- Planned, once in a connection ---

_prepared: WeakKeyDictionary[Any, dict[Statement, str]] = WeakKeyDictionary()
_numbers = count()


def _call(cursor: Any, asked: Statement, values: Mapping[str, Any]) -> str:
    names = _prepared.setdefault(connection.connection, {})
    if asked not in names:
        name = f"asked_{next(_numbers)}"
        cursor.execute(f"PREPARE {name} AS {asked.sql}")
        names[asked] = name
    marks = f"({', '.join(['%s'] * len(asked.names))})" if asked.names else ""
    return str(cursor.mogrify(f"EXECUTE {names[asked]}{marks}", [values[name] for name in asked.names]))
