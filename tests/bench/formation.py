"""Forming groups: how many people get a place, beside what is proven, a fair greedy and another solver."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

from groups.formation import Proposal, propose
from groups.formation_frames import frames_of, members, overlap
from groups.formation_input import Problem
from groups.formation_model import NEVER, apart_of, build
from tests.bench.figures import Figure
from tests.bench.problems import a_problem

MOST, MOST_BELOW = 10**6, -(10**6)
# People, pairs to keep apart, seconds.
SIZES = ((200, 200, 60.0), (500, 500, 60.0), (1000, 1000, 30.0), (5000, 3000, 120.0))


@dataclass(frozen=True, slots=True)
class Other:
    """What another way of forming groups reached."""

    placed: int
    seconds: float


def figures() -> list[Figure]:
    found: list[Figure] = []
    for people, pairs, seconds in SIZES:
        problem = a_problem(people, pairs)
        mine = propose(problem, seconds=seconds)
        found += _beside_its_bound(people, mine, seconds)
        found.append(_beside(f"places for {people} people, beside a greedy", mine, timed(greedy, problem)))
        if people == SIZES[0][0]:
            found += _beside_cp_sat(mine, timed(cp_sat, problem))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*found, Figure("memory while forming groups for 5000", round(peak), "MB", None, None, "under 2 GB")]


def timed(way: Callable[[Problem], int], problem: Problem) -> Other:
    begun = time.perf_counter()
    placed = way(problem)
    return Other(placed, time.perf_counter() - begun)


def _beside_its_bound(people: int, mine: Proposal, seconds: float) -> list[Figure]:
    aim = {200: "the bound", 500: "the bound", 1000: "at least 0.995", 5000: "a bound"}[people]
    share = round(mine.placed / mine.bound, 4) if mine.bound else None
    return [
        Figure(f"places for {people} people, beside the bound", mine.placed, "people", mine.bound, share, aim),
        Figure(f"time for {people} people", round(mine.seconds, 1), "s", None, None, f"under {seconds:g} s"),
    ]


def _beside(name: str, mine: Proposal, other: Other) -> Figure:
    return Figure(name, mine.placed, "people", other.placed, round(mine.placed / max(other.placed, 1), 2), "1 or more")


def _beside_cp_sat(mine: Proposal, other: Other) -> list[Figure]:
    ratio = round(mine.seconds / other.seconds, 2)
    return [
        _beside("places for 200 people, beside CP-SAT", mine, other),
        Figure("time for 200 people, beside CP-SAT", round(mine.seconds, 1), "s", round(other.seconds, 1), ratio, ""),
    ]


# The longest waiting first, each with the slot that suits most ---------------------------------------------------


def greedy(problem: Problem) -> int:
    """As a careful person would by hand: whoever has waited longest decides on the time at which most of those who
    are left could come; the group is filled in the order of waiting. Returns how many get a place."""
    frames, apart = frames_of(problem), apart_of(problem)
    order = sorted(range(len(problem.people)), key=lambda one: (-problem.people[one].waiting_days, one))
    left, takes = set(order), [one.max_groups for one in problem.leaders]
    led: list[tuple[int, int]] = []
    placed = 0
    for first in order:
        while first in left:
            fitting = [at for at, frame in enumerate(frames) if frame.people >> first & 1]
            best: tuple[list[int], list[int], int] = ([], [], 0)
            for at in fitting:
                team = [
                    one for one in members(frames[at].leaders)
                    if takes[one] != 0 and not any(one == leader and overlap(frames[at].slot, frames[where].slot)
                                                   for leader, where in led)
                ][: problem.leaders_per_group]  # fmt: skip
                people = _filled(order, left, frames[at].people, apart.of, first, problem.max_size, team, problem)
                if len(team) == problem.leaders_per_group and len(people) > len(best[0]):
                    best = (people, team, at)
            if len(best[0]) < problem.min_size:
                break
            placed += len(best[0])
            left -= set(best[0])
            for leader in best[1]:
                led.append((leader, best[2]))
                most = takes[leader]
                takes[leader] = None if most is None else most - 1
    return placed


def _filled(
    order: list[int], left: set[int], able: int, apart: dict[int, frozenset[int]], first: int, most: int | None,
    team: list[int], problem: Problem,
) -> list[int]:  # fmt: skip
    inside = {len(problem.people) + one for one in team}
    people: list[int] = []
    for one in (first, *order):
        full = most is not None and len(people) == most
        if full or one not in left or one in inside or not able >> one & 1 or apart.get(one, frozenset()) & inside:
            continue
        people.append(one)
        inside.add(one)
    return people


# The same model for CP-SAT ----------------------------------------------------------------------------------------


def cp_sat(problem: Problem, seconds: float = 60.0) -> int:
    """The very columns and rows of `formation_model`, for OR-Tools with eight workers. Returns how many get a place."""
    from ortools.sat.python import cp_model

    ours = build(problem, frames_of(problem), apart_of(problem), (problem.min_size, problem.max_size))
    model = cp_model.CpModel()
    columns = [model.new_int_var(int(low), int(high), "") for low, high in zip(ours.lower, ours.upper, strict=True)]
    for least, most, places, factors in ours.rows:
        total = sum(int(factor) * columns[place] for place, factor in zip(places, factors, strict=True))
        low, high = MOST_BELOW if least == -NEVER else int(least), MOST if most == NEVER else int(most)
        model.add_linear_constraint(total, low, high)
    model.maximize(sum(columns[column] for people in ours.people for column in people.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 8, seconds
    solver.solve(model)
    return round(solver.objective_value)
