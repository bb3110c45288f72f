"""Fifty people who want the same time at once: one has it, the others are told so and see the next times."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from urllib.parse import urlencode

from tests.bench import people
from tests.bench.client import Site
from tests.bench.figures import Figure, against_floor, expect
from tests.bench.forms import hidden

CLIENTS, ROUNDS = 50, 5
CONFIRM = "/fr/my/meeting/confirm/"
THREE_INSERTS = {"text": "x" * 400}


def figures(port: int, below: int) -> list[Figure]:
    """Each round is about another time; whoever had the last one makes room for somebody new."""
    waiting = [Site(port, people.cookies_of(user)) for user in people.who_may_book(CLIENTS + ROUNDS)]
    floor = [Site(below) for _number in range(CLIENTS)]
    ours, theirs = [], []
    for number in range(ROUNDS):
        seconds, winner = one_round(waiting[:CLIENTS], free_time(number))
        waiting.remove(winner)
        ours.append(seconds)
        theirs.append(at_once(floor, lambda site: expect(302, *site.request("POST", "/three-inserts", THREE_INSERTS))))
    name = f"one time for {CLIENTS} people at once, until the last answer"
    aim = f"one has it, {CLIENTS - 1} are told"
    return [against_floor(name, statistics.median(ours), statistics.median(theirs), aim)]


def free_time(number: int) -> tuple[datetime, str]:
    """A time that is free now, another one in each round, and how one meets then."""
    from intake.availability import offers, open_times
    from intake.choices import HoursFor

    (region,) = people.coordinator().roles.values_list("region_id", flat=True)
    offer = offers(open_times(region, HoursFor.MEETING))[number]
    return offer.at, offer.place


def one_round(clients: Sequence[Site], wanted: tuple[datetime, str]) -> tuple[float, Site]:
    """How long it took, and who has the time; anything but one winner ends the run."""
    from intake.booking_pages import written
    from intake.models import IntakeMeeting

    asked = {"at": written(wanted[0]), "place": wanted[1]}
    forms = {site: hidden(expect(200, *site.request("GET", f"{CONFIRM}?{urlencode(asked)}"))) for site in clients}
    answers: dict[Site, int] = {}

    def take(site: Site) -> None:
        answers[site], _text = site.request("POST", CONFIRM, forms[site])

    seconds = at_once(clients, take)
    set_then = IntakeMeeting.objects.filter(starts_at=wanted[0], state="set", coordinator=people.coordinator()).count()
    if Counter(answers.values()) != {302: 1, 409: len(clients) - 1} or set_then != 1:
        raise SystemExit(
            f"One of {len(clients)} should have had the time: {Counter(answers.values())}, {set_then} set."
        )
    return seconds, next(site for site, status in answers.items() if status == 302)


def at_once(clients: Sequence[Site], act: Callable[[Site], object]) -> float:
    """Milliseconds from the moment that all are let go until the last one has its answer."""
    gate = Barrier(len(clients) + 1)

    def begin(site: Site) -> None:
        gate.wait()
        act(site)

    with ThreadPoolExecutor(len(clients)) as pool:
        begun = [pool.submit(begin, site) for site in clients]
        gate.wait()
        start = time.perf_counter()
        for one in begun:
            one.result()
        return (time.perf_counter() - start) * 1000
