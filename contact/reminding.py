"""Reminders: which are due, queued once each, and whether one still holds at the moment at which it would leave.

The database answers one question (`QUESTION`): of whom, and of what, is somebody to be reminded now? The planner puts
what is not in the outbox yet there; the guard asks the same about a message that is about to leave. So a session that
moved, a person who left or chose otherwise needs no clearing up, and whatever was missed while nothing ran is found.

Of several reminders that are due the shortest is meant, and the others are not: whoever could not be reached for two
days hears of a session once, not three times.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Max, Q
from django.db.models.expressions import RawSQL

from consent.choices import CONTACT_PURPOSES, ConsentPurpose
from consent.querysets import agrees
from contact.choices_reminders import Audience
from contact.models import OutboxMessage, ReminderChoice, ReminderRule
from contact.registry import add_guard_of_many, add_planner
from psp.models import User

# Written at once; a larger backlog takes several rounds, none of which holds much in memory.
BATCH = 5000
PLACES = re.compile(r"\{(rule|event|person|revision)\}")


@dataclass(frozen=True, slots=True)
class Narrow:
    """Which events are asked about: those that begin in a span, or these."""

    after: datetime | None = None
    until: datetime | None = None
    events: tuple[UUID, ...] = ()

    def where(self, event: str, starts_at: str) -> tuple[str, list[Any]]:
        """SQL about these columns, and its values."""
        if self.events:
            return f"{event} = ANY(%s)", [list(self.events)]
        return f"{starts_at} > %s AND {starts_at} <= %s", [self.after, self.until]


class About(NamedTuple):
    """An event in words, and its page on the desk; "" for none that the reader may open."""

    name: str
    url: str


Events = Callable[[Narrow], tuple[str, list[Any]]]


@dataclass(frozen=True)
class Source:
    """Events of one kind, and of whom to remind.

    `events(narrow)`: SQL and its values for rows (event_id, person_id, kind, audience, starts_at, revision, told_at).
    `told_at`: nobody is reminded at a moment before it, because they have just heard. `told`: keys of other messages
    that tell the same; whoever got one after a reminder's moment needs no reminder. `key`, and each of `told`: with
    {rule}, {event}, {person} and {revision}. `name`: of the event's id in a message's context.

    For the desk: `about(events, reader)` says what they are; `led(reader)` is the condition for messages about events
    that are led in the reader's regions.
    """

    name: str
    key: str
    templates: Mapping[str, str]
    events: Events
    about: Callable[[Collection[UUID], User], Mapping[UUID, About]]
    told: tuple[str, ...] = ()
    led: Callable[[User], Any] | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(PLACES.sub(r"(?P<\1>[^|]+)", self.key.replace("|", r"\|")))

    def key_of(self, due: Due) -> str:
        return self.key.format(rule=rule_name(due.hours), event=due.event, person=due.person, revision=due.revision)

    def ahead(self, event: UUID, now: datetime) -> list[tuple[int, str, datetime, int]]:
        """What will be due later about one event: hours before, to whom, when, how many people."""
        return _ahead(self, event, now)


class Due(NamedTuple):
    """One reminder: of what, to whom, as whom, when it begins, and how long before."""

    event: UUID
    person: UUID
    audience: str
    starts_at: datetime
    revision: int
    hours: int

    @property
    def due_at(self) -> datetime:
        return self.starts_at - timedelta(hours=self.hours)


def rule_name(hours: int) -> str:
    """As it stands in keys."""
    return f"{hours}h"


_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Remind of these from now on, under the rules that are kept and the choices of each person."""
    _sources.append(source)
    add_planner(partial(plan, source))
    for template in source.templates.values():
        add_guard_of_many(template, still_due_among)


def sources() -> tuple[Source, ...]:
    return tuple(_sources)


def templates() -> list[str]:
    return sorted({template for source in _sources for template in source.templates.values()})


# --- The question ---------------------------------------------------------------------------------

QUESTION = """
WITH event AS ({events}),
wanted AS (
    SELECT event.*, rule.hours, event.starts_at - rule.hours * interval '1 hour' AS due_at
    FROM event
    JOIN contact_reminderrule rule ON rule.event = event.kind AND rule.audience = event.audience AND rule.active
    LEFT JOIN contact_reminderchoice own ON own.person_id = event.person_id AND own.rule_id = rule.id
    WHERE COALESCE(own.wanted, rule.usual) AND event.told_at <= event.starts_at - rule.hours * interval '1 hour'
      AND NOT EXISTS (
        SELECT FROM contact_reminderchoice nothing
        WHERE nothing.person_id = event.person_id AND nothing.rule_id IS NULL AND NOT nothing.wanted
      )
),
due AS (
    SELECT DISTINCT ON (event_id, person_id) * FROM wanted
    WHERE due_at <= %s AND NOT ({told})
    ORDER BY event_id, person_id, hours
)
"""
COLUMNS = "event_id, person_id, audience, starts_at, revision, hours"
TOLD = "EXISTS (SELECT FROM contact_outboxmessage told WHERE told.key IN ({keys}) AND told.created_at > wanted.due_at)"
# Nor did it go before for the same time: a change that nobody has to be told of is no reason to remind again.
NOT_QUEUED = """
NOT EXISTS (SELECT FROM contact_outboxmessage known WHERE known.key = {key})
AND NOT EXISTS (
    SELECT FROM contact_outboxmessage before
    WHERE before.person_id = due.person_id AND before.useful_until = due.starts_at
      AND starts_with(before.key, {begins}) AND before.state IN ('sending', 'sent', 'unknown', 'to_call')
)
"""


def _question(source: Source, narrow: Narrow, now: datetime) -> tuple[str, list[Any]]:
    events, values = source.events(narrow)
    told = TOLD.format(keys=", ".join(_key_sql(key, "wanted") for key in source.told)) if source.told else "FALSE"
    return QUESTION.format(events=events, told=told), [*values, now]


def _key_sql(key: str, row: str) -> str:
    """The key as an expression about a row: what stands between the places is ours, and written out."""
    columns = {"rule": f"{row}.hours || 'h'", "event": f"{row}.event_id", "person": f"{row}.person_id",
               "revision": f"{row}.revision"}  # fmt: skip
    parts = (columns.get(part, f"'{part}'") for part in PLACES.split(key) if part)
    return f"concat({', '.join(parts)})"


def _rows(sql: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


# --- Queueing -------------------------------------------------------------------------------------


def plan(source: Source, now: datetime) -> int:
    """Queue what is due at `now` and not queued yet; how many are new. Any number of times, and in parallel."""
    ahead = longest()
    if ahead is None:
        return 0
    narrow, count = Narrow(now, now + ahead), 0
    while new := _not_queued(source, narrow, now):
        _queue(source, new)
        count += len(new)
        if len(new) < BATCH:
            break
    return count


def longest() -> timedelta | None:
    """How long before anybody is reminded of anything; nothing further ahead is looked at."""
    somebody = ReminderChoice.objects.filter(wanted=True).values("rule")
    rules = ReminderRule.objects.filter(Q(usual=True) | Q(pk__in=somebody), active=True)
    hours: int | None = rules.aggregate(most=Max("hours"))["most"]
    return None if hours is None else timedelta(hours=hours)


def _not_queued(source: Source, narrow: Narrow, now: datetime) -> list[Due]:
    question, values = _question(source, narrow, now)
    agreed, more = _agreed()
    begins = _key_sql(source.key.removesuffix("{revision}"), "due")
    missing = NOT_QUEUED.format(key=_key_sql(source.key, "due"), begins=begins)
    # Consents are looked at last, and only of those who would be queued.
    sql = (
        f"{question}, missing AS MATERIALIZED (SELECT * FROM due WHERE {missing})"  # noqa: S608  # nosec B608
        f" SELECT {COLUMNS} FROM missing due WHERE {agreed} LIMIT {BATCH}"
    )
    return [Due(*row) for row in _rows(sql, [*values, *more])]


def _agreed(row: str = "due") -> tuple[str, list[Any]]:
    """Whoever takes part agreed to that and to being reached somehow. Asked again when a message leaves."""
    person = RawSQL(f"{row}.person_id", [])  # noqa: S611  # nosec B611 - one of two names
    people = User.objects.filter(agrees(CONTACT_PURPOSES), agrees(ConsentPurpose.TAKING_PART), pk=person)
    sql, values = people.order_by().values("pk").query.sql_with_params()
    return f"({row}.audience = '{Audience.LEAD}' OR EXISTS ({sql}))", list(values)


def _queue(source: Source, due: Collection[Due]) -> None:
    """In one statement: a row made by itself takes the program ten times as long as the database."""
    others = [field for field in OutboxMessage._meta.local_concrete_fields if field.name not in OWN]
    blank = OutboxMessage()
    same = [field.get_db_prep_save(field.pre_save(blank, add=True), connection) for field in others]
    names = ", ".join([*OWN.values(), *(str(field.column) for field in others)])
    sql = (
        f"INSERT INTO contact_outboxmessage ({names}) SELECT gen_random_uuid(), own.*{', %s' * len(same)}"  # noqa: S608  # nosec B608
        " FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::jsonb[], %s::timestamptz[], %s::timestamptz[]) own"
        " ON CONFLICT DO NOTHING"
    )
    own = zip(*(_own(source, one) for one in due), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*same, *map(list, own)])


# What differs from one reminder to another; the rest is as in any new message.
OWN = {"id": "id", "key": "key", "person": "person_id", "template": "template_id", "context": "context",
       "due_at": "due_at", "useful_until": "useful_until"}  # fmt: skip


def _own(source: Source, due: Due) -> tuple[Any, ...]:
    context = {"at": due.starts_at.isoformat(), source.name: str(due.event), "revision": str(due.revision)}
    return (
        source.key_of(due), due.person, source.templates[due.audience], json.dumps(context), due.due_at, due.starts_at
    )  # fmt: skip


# --- Whether it still holds -----------------------------------------------------------------------


def still_due_among(messages: Collection[OutboxMessage]) -> set[UUID]:
    """Which of these are the very reminders that their people should get at the moment at which they were claimed.

    One question for each kind of event.
    """
    return {pk for source in _sources for pk in _holding(source, messages)}


def _holding(source: Source, messages: Iterable[OutboxMessage]) -> Iterator[UUID]:
    read = [(message, found) for message in messages if (found := source.pattern.fullmatch(message.key))]
    if not read:
        return
    events = tuple({UUID(found["event"]) for _message, found in read})
    people = list({message.person_id for message, _found in read})
    now = max(message.claimed_at or message.due_at for message, _found in read)
    question, values = _question(source, Narrow(events=events), now)
    sql = f"{question} SELECT {COLUMNS} FROM due WHERE person_id = ANY(%s)"  # noqa: S608  # nosec B608
    holds = {
        source.key_of(one): one.starts_at.isoformat() for one in (Due(*row) for row in _rows(sql, [*values, people]))
    }
    for message, _found in read:
        if holds.get(message.key) == message.context.get("at"):
            yield message.pk


# --- Looking ahead --------------------------------------------------------------------------------


def _ahead(source: Source, event: UUID, now: datetime) -> list[tuple[int, str, datetime, int]]:
    question, values = _question(source, Narrow(events=(event,)), now)
    agreed, more = _agreed("wanted")
    sql = (
        f"{question} SELECT hours, audience, due_at, count(*) FROM wanted WHERE due_at > %s AND {agreed}"  # noqa: S608  # nosec B608
        " GROUP BY hours, audience, due_at ORDER BY due_at, audience"
    )
    return [tuple(row) for row in _rows(sql, [*values, now, *more])]
