"""Made-up formation problems, the same for the same seed: a country's evenings, languages and ways to meet."""

from __future__ import annotations

import random

from groups.formation_input import Leader, Member, Problem, Slot

PROVINCES = {"QC": 0.3, "ON": 0.3, "BC": 0.1, "AB": 0.1, "NS": 0.06, "NB": 0.05, "MB": 0.04, "SK": 0.03, "NL": 0.02}
COMPANY = (("any",), ("any", "women"), ("women",), ("men",), ("any", "men"))
TIMES = (840, 1020, 1110, 1200, 1320)
LEADERS = {200: 16, 500: 36, 1000: 60, 5000: 250}


def a_problem(people: int, pairs: int, *, leaders: int | None = None, seed: int = 1) -> Problem:
    """`people` with `pairs` to keep apart among them, thirty times a week, two leaders for each group of 4 to 10."""
    chance = random.Random(seed)
    everyone = tuple(_member(chance, number) for number in range(people))
    team = tuple(_leader(chance, number) for number in range(LEADERS[people] if leaders is None else leaders))
    apart: set[tuple[str, str]] = set()
    while len(apart) < pairs:
        one, other = chance.sample(everyone, 2)
        apart.add((min(one.id, other.id), max(one.id, other.id)))
    with_leaders = [(chance.choice(everyone).id, one.id) for one in team[::4]]
    slots = tuple((day * 1440 + at, day * 1440 + at + 90) for day in range(6) for at in TIMES)
    return Problem(everyone, team, slots, tuple(sorted(apart)) + tuple(with_leaders), 4, 10, 2)


def _week(chance: random.Random, likely: float, starts: tuple[int, ...], lengths: tuple[int, ...]) -> tuple[Slot, ...]:
    found = []
    for day in range(7):
        if chance.random() < likely:
            start = day * 1440 + chance.choice(starts)
            found.append((start, start + chance.choice(lengths)))
    return tuple(found)


def _member(chance: random.Random, number: int) -> Member:
    languages = chance.choices([("en",), ("fr",), ("en", "fr")], [0.58, 0.27, 0.15])[0]
    ways = chance.choices([("virtual",), ("virtual", "in_person"), ("in_person",)], [0.6, 0.32, 0.08])[0]
    company = chance.choices(
        [("any",), ("any", "women"), ("women",), ("men",), ("any", "men")], [5, 2.5, 1.5, 0.5, 0.5]
    )
    region = chance.choices(list(PROVINCES), list(PROVINCES.values()))[0]
    week = _week(chance, 0.35, (780, 960, 1020, 1080, 1140, 1260), (120, 180, 240, 300))
    return Member(f"p{number}", languages, ways, region, week, chance.randint(0, 300), company[0])


def _leader(chance: random.Random, number: int) -> Leader:
    languages = chance.choice([("en",), ("fr",), ("en", "fr")])
    ways = chance.choice([("virtual",), ("virtual", "in_person")])
    region = chance.choices(list(PROVINCES), list(PROVINCES.values()))[0]
    week = _week(chance, 0.5, (780, 960, 1020, 1080), (240, 300, 420))
    return Leader(f"f{number}", languages, ways, region, week, chance.choice([1, 1, 2]))
