"""The pages of figures over a million attendance rows: what a look costs once its figures are frozen.

Rows are counted once, by night; a page reads the tables that were made of them. So its time and its number of queries
must not depend on how many rows there are, nor on how many periods are frozen.
"""

from __future__ import annotations

import time
from typing import Any

from tests.bench import people
from tests.bench.client import Site, in_turn
from tests.bench.figures import Figure, against_floor, expect

TIMES = 40


def figures(port: int, floor: Site) -> list[Figure]:
    """After `reports.figures`, which makes the rows."""
    from reporting import offered

    period = offered.offer().newest
    if period is None:
        raise SystemExit("No period is closed yet.")
    pages = pages_of()
    begun = time.perf_counter()
    freeze(period)
    seconds = round(time.perf_counter() - begun, 1)
    few = {path: queries(path) for path in pages}
    for other in (offered.before(period), offered.year_before(period)):
        freeze(other)
    person, desk = str(people.coordinator().pk), Site(port, people.cookies_of(people.analyst()))
    found = [Figure("reports, a quarter and its months frozen, all topics", seconds, "s", None, None, "")]
    for path, name in pages.items():
        found += [page(desk, floor, person, path, name), constant(path, name, few[path])]
    return found


def pages_of() -> dict[str, str]:
    """Address and name of the overview and of every topic that anything is counted for."""
    from reporting.views import series_in_force, topics_of

    topics = {f"/fr/reports/topics/{code}/": f"reports, page of {code}" for code, _name in topics_of(series_in_force())}
    return {"/fr/reports/": "reports, overview"} | topics


def freeze(period: Any) -> None:
    """As the nightly run does, of one period; what cannot be proven or is not entered stays away."""
    from contextlib import suppress

    from psp.errors import DomainError
    from reporting.disclosure import DisclosureError
    from reporting.record import ensure, in_force

    for series in in_force():
        with suppress(DisclosureError, DomainError):
            ensure(series, period)


def page(desk: Site, floor: Site, person: str, path: str, name: str) -> Figure:
    """With its charts and tables, every look counted and noted in the access log."""
    ours, theirs = in_turn(
        lambda: expect(200, *desk.request("GET", path)),
        lambda: expect(200, *floor.request("GET", f"/one-query?id={person}")), TIMES,
    )  # fmt: skip
    return against_floor(name, ours, theirs, "one indexed query, for comparison")


def constant(path: str, name: str, few: int) -> Figure:
    """Queries with those periods frozen that it compares with, beside those with the one that it shows."""
    many = queries(path)
    return Figure(f"{name}, queries", many, "", few, round(many / few, 2), "as many as with one period")


def queries(path: str) -> int:
    from django.db import connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    for name, value in people.cookies_of(people.analyst()).items():
        client.cookies[name] = value
    client.get(path, SERVER_NAME="127.0.0.1")
    captured = [CaptureQueriesContext(connections[name]) for name in connections]
    for one in captured:
        one.__enter__()
    answer = client.get(path, SERVER_NAME="127.0.0.1")
    for one in captured:
        one.__exit__(None, None, None)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return sum(len(one) for one in captured)
