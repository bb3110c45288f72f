"""Old earlier states removed while people apply; the access log walked whole."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from itertools import count

from tests.bench import servers
from tests.bench.client import Site
from tests.bench.figures import Figure, against_floor, expect
from tests.bench.forms import filled

# Rows of history: all, and how many of them go; entries of the access log.
SIZES = {"small": (200_000, 20_000, 50_000), "full": (10_000_000, 500_000, 1_000_000)}
POSTS = 60
_numbers = count()
# Copies of real earlier states, each of a record of its own kind: four states for each of them.
FILL = """
INSERT INTO intake_historicalparticipant ({columns}, history_date, history_type)
SELECT {values}, %s::timestamptz + (n %% 4) * interval '1 day', '~'
  FROM generate_series(1, %s) AS n, (SELECT * FROM intake_historicalparticipant ORDER BY history_id LIMIT 1) AS one
"""
LOG = """
INSERT INTO audit_entry (at, action, model, object_id, person, fields, purpose, request_id)
SELECT now(), 'read', 'intake.application', n::text, gen_random_uuid(), '', 'intake', gen_random_uuid()::text
  FROM generate_series(1, %s) AS n
"""


def figures(port: int) -> list[Figure]:
    rows, old, entries = SIZES[os.environ.get("BENCH_SCALE", "small")]
    return [*purge(port, rows, old), verify(entries)]


# --- Removing earlier states ---


def fill(number: int, when: str) -> None:
    """Earlier states of as many made-up files as make `number` rows, four each."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        found = owner.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'intake_historicalparticipant'"
            " AND column_name NOT IN ('history_id', 'history_date', 'history_type') ORDER BY ordinal_position"
        ).fetchall()
        columns = [str(name) for (name,) in found]
        made_id = "md5(%s || (n / 4)::text)::uuid"
        values = [made_id if name == "id" else f"one.{name}" for name in columns]
        statement = FILL.format(columns=", ".join(columns), values=", ".join(values))
        owner.execute(statement.encode(), [when, when, number] if made_id in values else [when, number])
        owner.execute("ANALYZE intake_historicalparticipant")


def raw_delete(number: int) -> float:
    """Seconds of one DELETE of as many rows as the purge removes."""
    import psycopg

    fill(number, "2015-01-01")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as app:
        begun = time.perf_counter()
        app.execute("DELETE FROM intake_historicalparticipant WHERE history_date < '2016-01-01'")
        return time.perf_counter() - begun


def purge(port: int, rows: int, old: int) -> list[Figure]:
    """Three of four states of each file go; the last one, which held at the cutoff, stays."""
    fill(rows - old, "2026-06-01")
    floor = raw_delete(old)
    fill(old * 4 // 3, "2017-01-01")
    idle = posts(port, POSTS)
    busy: list[float] = []
    done = threading.Event()
    people = threading.Thread(target=lambda: busy.extend(until(port, done)))
    people.start()
    seconds, removed = purge_in_a_process()
    done.set()
    people.join()
    if removed < old:
        raise SystemExit(f"{old} rows should have gone, and those of the demo that are due by now: {removed} did.")
    return [
        # The more of the demo is due, the longer one DELETE of as many rows would take.
        against_floor(f"purge of {removed} of {rows} history rows", seconds * 1000, floor * 1000 * removed / old,
                      "at most 4 × one raw DELETE"),
        against_floor("application POST meanwhile, p95", p95(busy), p95(idle), "under 2 × its idle p95"),
    ]  # fmt: skip


def purge_in_a_process() -> tuple[float, int]:
    """As the worker does it, with its rests: (seconds, rows)."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.retention"], cwd=servers.ROOT, check=True, capture_output=True, text=True
    )
    seconds, removed = answer.stdout.split()
    return float(seconds), int(removed)


def purge_here() -> tuple[float, int]:
    from django.utils import timezone

    from privacy.disposing import carry_out
    from privacy.services_retention import propose
    from privacy.tasks_retention import PAUSE
    from tests.retention import a_rule, approved

    batch = approved(propose(a_rule("history"), timezone.localdate()))
    begun = time.perf_counter()
    removed = carry_out(batch.pk, pause=PAUSE)
    return time.perf_counter() - begun, removed


def one_post(site: Site) -> float:
    """Each application is another person; the page with its keys is fetched outside the measurement."""
    site.cookies.clear()
    _status, page = site.request("GET", "/fr/intake/")
    form = filled(page, email=f"purge{next(_numbers)}@example.org")
    begun = time.perf_counter()
    expect(302, *site.request("POST", "/fr/intake/", form))
    return (time.perf_counter() - begun) * 1000


def posts(port: int, times: int) -> list[float]:
    site = Site(port)
    for _number in range(5):
        one_post(site)
    return [one_post(site) for _number in range(times)]


def until(port: int, done: threading.Event) -> list[float]:
    site = Site(port)
    found: list[float] = []
    while not done.is_set() or len(found) < 20:
        found.append(one_post(site))
    return found


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


# --- The access log ---


def verify(entries: int) -> Figure:
    """Every entry and link from the first on; memory must not grow with their number."""
    from django.db import connection

    from psp.audit import services

    with connection.cursor() as cursor:
        cursor.execute(LOG, [entries])
    services.seal()
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE audit_entry")
        owner.execute("VACUUM ANALYZE audit_link")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    verdict = services.verify()
    seconds = time.perf_counter() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if verdict.broken is not None or verdict.checked < entries:
        raise SystemExit(f"The chain should hold: {verdict}")
    if grown > 50:
        raise SystemExit(f"Walking the chain took {grown:.0f} MB more.")
    per_million = seconds * 1_000_000 / verdict.checked
    name = f"verify_audit over {verdict.checked} entries (+{grown:.0f} MB)"
    return Figure(name, round(seconds, 2), "s", None, None, f"under 60 s a million (here {per_million:.0f} s)")


if __name__ == "__main__":
    import django

    django.setup()
    print(*purge_here())
