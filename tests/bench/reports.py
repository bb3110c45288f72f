"""Counting a quarter of every topic over a million attendance rows, beside the same SQL without us; then the proof."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

import psycopg

from tests.bench.figures import Figure, against_floor
from tests.bench.servers import DATA

VISITS = 1_000_000
TIMES = 3
PERIOD = "2026-Q1"
# A copy of every group with its places, its sessions and who was there; some time later, in the same quarter or not.
COPIES = """
CREATE TEMPORARY TABLE made AS
    SELECT id AS old, gen_random_uuid() AS new, random() * interval '300 days' AS later FROM groups_peergroup g
    WHERE EXISTS (SELECT FROM peer_sessions_groupsession s WHERE s.group_id = g.id AND s.state = 'held')
    ORDER BY id LIMIT %(groups)s;
CREATE TEMPORARY TABLE moved AS
    SELECT s.id AS old, gen_random_uuid() AS new, m.new AS of_group, m.later FROM peer_sessions_groupsession s
    JOIN made m ON m.old = s.group_id;
"""
ROWS = (
    ("groups_peergroup", "made", "id", {"id": "m.new", "established_at": "r.established_at - m.later"}),
    ("groups_membership", "made", "group_id",
     {"id": "gen_random_uuid()", "group_id": "m.new", "joined_at": "r.joined_at - m.later"}),
    ("peer_sessions_groupsession", "moved", "id",
     {"id": "m.new", "group_id": "m.of_group", "starts_at": "r.starts_at - m.later", "ends_at": "r.ends_at - m.later"}),
    ("peer_sessions_attendance", "moved", "session_id", {"id": "gen_random_uuid()", "session_id": "m.new"}),
)  # fmt: skip


def figures() -> list[Figure]:
    from reporting.choices import Topic
    from reporting.periods import parse
    from reporting.record import in_force

    found, period = [number_of_visits()], parse(PERIOD)
    for topic in Topic:
        every = [one for one in in_force() if one.topic == topic and topic != Topic.ANSWERS]
        if every:
            found += of_topic(topic, every, period)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*found, Figure("counting and proving, peak memory", round(peak), "MB", None, None, "under 500 MB")]


def of_topic(topic: str, every: list[Any], period: Any) -> list[Figure]:
    """Counting in Python beside the same questions asked by the driver alone; the proof by itself."""
    from django.conf import settings

    from reporting.counting import count_tables
    from reporting.disclosure import protect_together

    asked = questions(lambda: [count_tables(one, period) for one in every])
    ours, theirs = [], []
    for _number in range(TIMES):
        ours.append(timed(lambda: [count_tables(one, period) for one in every]))
        theirs.append(timed(lambda: ask(asked)))
    tables = [count_tables(one, period) for one in every]
    proof = timed(lambda: [protect_together(one, settings.PSP_SUPPRESSION_THRESHOLD, time_limit=60) for one in tables])
    name, counted, floor = f"reports, {topic}: a quarter", statistics.median(ours), statistics.median(theirs)
    return [
        against_floor(f"{name} counted and proven", counted + proof, floor + proof,
                      "at most 1.5 × the same SQL plus protection"),
        against_floor(f"{name} counted", counted, floor, "the same SQL; the rest composes it, whatever the rows"),
        Figure(f"{name} proven ({sum(map(len, tables))} tables)", round(proof, 1), "ms", None, None, ""),
    ]  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def questions(work: Callable[[], object]) -> list[tuple[str, Any]]:
    """What is asked of the database meanwhile."""
    from django.db import connection

    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return asked


def ask(asked: list[tuple[str, Any]]) -> None:
    from django.db import connection

    raw = connection.connection
    with raw.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(sql, params)
            cursor.fetchall()


def number_of_visits() -> Figure:
    """As many rows as there are to be."""
    from django.db import connection

    from psp.embedded.servers import superuser

    name = connection.settings_dict["NAME"]
    with superuser(DATA / "bench").connect(name) as owner, owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        while (there := _visits(owner)) < VISITS:
            _copy(owner, there)
    with superuser(DATA / "bench").connect(name) as owner:
        owner.autocommit = True
        owner.execute("VACUUM ANALYZE")
        return Figure("reports, attendance rows", _visits(owner), "rows", None, None, "")


def _visits(owner: psycopg.Connection[Any]) -> int:
    return int(owner.execute("SELECT count(*) FROM peer_sessions_attendance").fetchone()[0])  # type: ignore[index]


def _copy(owner: psycopg.Connection[Any], there: int) -> None:
    groups = max(1, min(20_000, (VISITS - there) // 60))
    for statement in COPIES.split(";")[:2]:
        owner.execute(statement, {"groups": groups} if "%" in statement else None)
    for table, through, key, other in ROWS:
        columns = [row[0] for row in owner.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY 1", [table]
        )]  # fmt: skip
        values = ", ".join(other.get(column, f"r.{column}") for column in columns)
        # Names of this file's own.
        joined = f"{table} r JOIN {through} m ON m.old = r.{key}"
        owner.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {joined}")  # type: ignore[arg-type]
    owner.execute("DROP TABLE made, moved")
