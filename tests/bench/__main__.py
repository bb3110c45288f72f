"""`make bench`: every figure beside its floor, measured in turn in the same run. Writes PSP_DATA/bench.json too."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from dataclasses import asdict
from itertools import count

import django

from tests.bench import (
    booking,
    calendars,
    copies,
    desk,
    formation,
    forming,
    groups,
    leads,
    reads,
    report_pages,
    reports,
    retention,
    sending,
    series,
    servers,
    starting,
    tables,
)
from tests.bench.client import Site, in_turn
from tests.bench.figures import Figure, against_floor, expect
from tests.bench.forms import ANSWERS, filled, hidden
from tests.bench.people import coordinator

TIMES = 150


def intake_page(site: Site, floor: Site, person: str) -> Figure:
    ours, theirs = in_turn(
        lambda: expect(200, *site.request("GET", "/fr/intake/")),
        lambda: expect(200, *floor.request("GET", f"/one-query?id={person}")), TIMES,
    )  # fmt: skip
    return against_floor("application page", ours, theirs, "at most 4 × one indexed query")


def application_post(site: Site, floor: Site) -> Figure:
    """Each application is another person; the page with its keys is fetched outside the measurement."""
    numbers, ours, theirs = count(), [], []
    for number in range(TIMES + 10):
        visitor = Site(site.port)
        _status, page = visitor.request("GET", "/fr/intake/")
        form = filled(page, email=f"bench{next(numbers)}@example.org")
        begun = time.perf_counter()
        expect(302, *visitor.request("POST", "/fr/intake/", form))
        middle = time.perf_counter()
        expect(302, *floor.request("POST", "/three-inserts", {"text": "x" * 400}))
        end = time.perf_counter()
        if number >= 10:
            ours.append((middle - begun) * 1000)
            theirs.append((end - middle) * 1000)
    return against_floor(
        "application POST", statistics.median(ours), statistics.median(theirs), "at most 4 × three inserts"
    )


def answers_checked(site: Site, floor: Site, person: str) -> Figure:
    """What each step of the criteria asks for; the other steps ask the server nothing."""
    form = hidden(expect(200, *site.request("GET", "/fr/intake/"))) | ANSWERS
    ours, theirs = in_turn(
        lambda: expect(204, *site.request("POST", "/fr/intake/check/", form)),
        lambda: expect(200, *floor.request("GET", f"/one-query?id={person}")), TIMES,
    )  # fmt: skip
    return against_floor("application step", ours, theirs, "at most 4 × one indexed query")


def memory() -> list[Figure]:
    """Resident memory after the work above."""
    with servers.serving("psp.wsgi") as (port, web), servers.working() as worker:
        visitor = Site(port)
        for _number in range(200):
            visitor.request("GET", "/en/intake/")
        return [
            Figure("web process", round(servers.resident_mb(web.pid)), "MB", None, None, "under 200 MB"),
            Figure("worker process", round(servers.resident_mb(worker.pid)), "MB", None, None, "under 200 MB"),
        ]


def starts() -> list[Figure]:
    """`make run` in a fresh clone: with the packages in the package cache, and with everything there."""
    first, second = starting.times()
    return [
        Figure("first `make run` to Ready", round(first, 1), "s", None, None, "under 60 s"),
        Figure("second `make run` to Ready", round(second, 1), "s", None, None, "under 8 s"),
    ]


def somebody() -> str:
    from psp.models import User

    return str(User.objects.filter(kind="participant").values_list("pk", flat=True)[0])


def measure(people: int) -> list[Figure]:
    seconds = servers.prepare(people)
    django.setup()
    person = somebody()
    with servers.serving("psp.wsgi") as (port, _web), servers.serving("tests.bench.floor") as (below, _floor):
        site, floor = Site(port), Site(below)
        figures = [
            intake_page(site, floor, person),
            answers_checked(site, floor, person),
            application_post(site, floor),
            *desk.figures(port, floor),
            *groups.figures(port, floor),
            *calendars.figures(port, floor),
            *leads.figures(port, floor),
            *forming.figures(port, floor),
            *booking.figures(port, below),
            *copies.figures(),
            *reads.figures(port),
            *retention.figures(port),
            *series.figures(),
            *reports.figures(),
            *report_pages.figures(port, floor),
        ]
    seeding = Figure(f"seed_demo, {people} participants", round(seconds, 1), "s", None, None, "")
    return [
        *figures,
        *memory(),
        *sending.figures(coordinator()),
        *formation.figures(),
        *tables.figures(),
        *starts(),
        seeding,
    ]


def show(figures: list[Figure]) -> None:
    print(f"{'figure':58} {'value':>10} {'floor':>10} {'ratio':>7}  aim")
    for figure in figures:
        floor = f"{figure.floor} {figure.unit}" if figure.floor is not None else ""
        ratio = f"{figure.ratio}" if figure.ratio is not None else ""
        print(f"{figure.name:58} {f'{figure.value} {figure.unit}':>10} {floor:>10} {ratio:>7}  {figure.limit}")


def main() -> int:
    scale = os.environ.get("BENCH_SCALE", "small")
    if scale not in servers.PEOPLE:
        print("BENCH_SCALE is small or full.", file=sys.stderr)
        return 2
    figures = measure(servers.PEOPLE[scale])
    show(figures)
    fields = ("name", "value", "unit", "floor", "ratio")
    text = json.dumps([{key: asdict(figure)[key] for key in fields} for figure in figures], indent=1)
    (servers.DATA / "bench.json").write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
