"""The pool as its page counts it: the same people and leaders as `groups.pool`, asked together (`psp.asking`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from groups.models import Forming
from groups.pool import (
    LEADER,
    PERSON,
    PoolLead,
    PoolPerson,
    able,
    attended_in,
    busy_times,
    leaders_from,
    leading_in,
    led_by,
    people_from,
    waiting_in,
)
from psp.asking import Question, Values, ask
from psp.choices import Role
from psp.models import User
from psp.sight import coordinated_regions, remember
from supporters.may_lead.facts import FACTS, Fact
from supporters.may_lead.standing import known_from

WEEK_OF_PERSON, WEEK_OF_LEADER = PERSON.index("preferences__availability"), LEADER.index("availability")


def pool_shown(forming: Forming) -> tuple[list[PoolPerson], list[PoolLead]]:
    """Who waits and who could lead. Pairs who must not meet change nothing here, so they are not asked for."""
    rows, profiles, leads, asked, attended, *facts = ask(_reader_of(forming), _questions(forming.kind))
    people = people_from(forming, _with_weeks(rows, WEEK_OF_PERSON))
    waiting = {one.user_id for one in people}
    leaders = leaders_from(forming, _with_weeks(profiles, WEEK_OF_LEADER))
    leaders = [one for one in leaders if one.user_id not in waiting]
    leaders = able(leaders, known_from(facts, timezone.localdate()))
    here = {one.user_id for one in leaders}
    led = {(user, group) for user, group in (*leads, *asked) if user in here}
    return busy_times(people, leaders, led, {(user, group) for user, group in attended})


def _reader_of(forming: Forming) -> User:
    """Whoever coordinates just the forming's regions, as far as a question asks for them."""
    reader = User(pk=forming.created_by_id)
    remember(reader, [(Role.COORDINATOR, code) for code in forming.program_regions])
    return reader


@cache
def _questions(kind: str) -> tuple[Question, ...]:
    return (
        Question(partial(_waiting, kind), _today),
        Question(lambda reader: leading_in(_regions(reader)).values_list(*LEADER)),
        Question(lambda reader: led_by(leading_in(_regions(reader)).order_by().values("user"))[0]),
        Question(lambda reader: led_by(leading_in(_regions(reader)).order_by().values("user"))[1]),
        Question(partial(_attended, kind)),
        *(Question(partial(_fact, fact), _today) for fact in FACTS),
    )


def _fact(fact: Fact, reader: User, today: date) -> QuerySet[Any]:
    return fact(leading_in(_regions(reader)).order_by().values("user"), today)


def _waiting(kind: str, reader: User, today: date) -> QuerySet[Any]:
    found: QuerySet[Any] = waiting_in(kind, _regions(reader), today).values_list(*PERSON)
    return found


def _attended(kind: str, reader: User) -> QuerySet[Any]:
    found: QuerySet[Any] = attended_in(kind, _regions(reader))
    return found


def _regions(reader: User) -> list[str]:
    return sorted(coordinated_regions(reader))


def _today(_reader: User) -> Values:
    return {"today": timezone.localdate()}


def _with_weeks(rows: Iterable[tuple[Any, ...]], at: int) -> Iterator[tuple[Any, ...]]:
    """JSON comes as text where no model reads it."""
    for row in rows:
        yield (*row[:at], json.loads(row[at]) if isinstance(row[at], str) else row[at], *row[at + 1 :])
