"""Form groups around what people have settled already. Pure.

Kept groups stay as they are. A *seed* is a group in which somebody is kept: its time, its traits, its leaders and those
people stay, and the others of it may change. The engine forms the rest; then the seeds are filled, with those first
who have no place otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from groups.formation import LAST_WORDS, SECONDS, Group, Proposal, propose
from groups.formation_frames import IN_PERSON, overlap
from groups.formation_input import Leader, Member, Problem, Slot
from groups.formation_reasons import Unplaced, reasons_for
from groups.formation_search import Report

# The share of the time for the first search, where seeds may need a second one.
FIRST = 0.6


@dataclass(frozen=True, slots=True)
class Around:
    """The answer: new groups, the seeds as they are filled now, and who has no place. `bound`: nobody can place more
    people than this around what is kept. People of kept groups and of seeds are counted."""

    groups: tuple[Group, ...]
    seeds: tuple[Group, ...]
    unplaced: tuple[Unplaced, ...]
    placed: int
    bound: int
    proven: tuple[str, ...]

    @property
    def status(self) -> str:
        return "feasible" if self.placed < self.bound else "optimal" if self.placed else "infeasible"


def propose_around(
    problem: Problem, kept: Sequence[Group], seeds: Sequence[Group], *, seconds: float = SECONDS,
    report: Report | None = None, stop: Callable[[], bool] | None = None,
) -> Around:  # fmt: skip
    """The best groups around these. `kept` and `seeds` name ids of the problem; seeds list only who is kept. Others
    than the problem's may lead them too (a clinician): the pairs may name these."""
    tell, held = report or (lambda *_: None), [*kept, *seeds]
    inside = sum(len(one.members) for one in held)
    begun, rest = time.monotonic(), _rest(problem, held)
    room = _room(problem, seeds)

    def hear(aim: str, reached: int, bound: int) -> None:
        tell(aim, reached + inside, bound + inside + room) if bound else tell(aim, reached, bound)

    found = propose(rest, seconds=seconds * (FIRST if seeds else 1.0), report=hear, stop=stop)
    most = inside + min(len(rest.people), found.bound + room)
    filled, groups = _fill(problem, rest, seeds, found.groups)
    if any(len(one.members) < problem.min_size for one in filled):
        filled, fresh = _take_from_groups(problem, rest, filled, found)
        left = max(0.0, seconds * (1 - LAST_WORDS) - (time.monotonic() - begun))
        placed = {one for group in filled for one in group.members}
        if fresh is None:
            smaller = _without(rest, placed)
            found = propose(smaller, seconds=left, report=hear, stop=stop)
            fresh = found.groups
        filled, groups = _fill(problem, rest, filled, fresh)
    return _answer(problem, kept, filled, groups, most, found)


def _answer(
    problem: Problem, kept: Sequence[Group], seeds: Sequence[Group], groups: Sequence[Group], most: int, found: Proposal
) -> Around:  # fmt: skip
    everyone = [*kept, *seeds, *groups]
    placed = sum(len(one.members) for one in everyone)
    held = bool(kept or seeds)
    proven = ("placed",) if placed == most and held else () if held else found.proven
    return Around(tuple(groups), tuple(seeds), reasons_for(problem, everyone), placed, max(most, placed), proven)


def _room(problem: Problem, seeds: Iterable[Group]) -> int:
    """How many more people the seeds could take."""
    most = len(problem.people) if problem.max_size is None else problem.max_size
    return sum(max(0, most - len(one.members)) for one in seeds)


def _rest(problem: Problem, held: Sequence[Group]) -> Problem:
    """The problem without those who have a place, and with the leaders' time and strength that is left."""
    leaders = tuple(
        _less(one, [group.slot for group in held if one.id in group.leaders], problem) for one in problem.leaders
    )
    return _without(replace(problem, leaders=leaders), {one for group in held for one in group.members})


def _without(problem: Problem, placed: Collection[str]) -> Problem:
    """The problem without these people, and without the pairs that name somebody who is not in it."""
    people = tuple(one for one in problem.people if one.id not in placed)
    known = {one.id for one in people} | {one.id for one in problem.leaders}
    pairs = tuple(pair for pair in problem.keep_apart if set(pair) <= known)
    return replace(problem, people=people, keep_apart=pairs)


def _less(leader: Leader, slots: list[Slot | None], problem: Problem) -> Leader:
    if not slots:
        return leader
    most = None if leader.max_groups is None else max(0, leader.max_groups - len(slots))
    offered = problem.slots if leader.availability is None else leader.availability
    free = tuple(one for one in offered or () if not any(overlap(one, taken) for taken in slots))
    return replace(leader, max_groups=most, availability=None if problem.slots is None else free)


# Filling seeds ---------------------------------------------------------------------------------------------


def fits(problem: Problem, one: Member, group: Group, apart: dict[str, set[str]]) -> bool:
    """Whether somebody could be in this group by every hard rule but its size."""
    free = one.availability is None or group.slot is None or _covers(one.availability, group.slot)
    return (
        free
        and (one.languages is None or group.language in one.languages)
        and (one.modalities is None or group.modality in one.modalities)
        and (group.modality != IN_PERSON or one.region is None or one.region == group.region)
        and (one.composition is None or group.composition in one.composition)
        and not apart.get(one.id, set()) & {*group.members, *group.leaders}
    )


def _covers(availability: tuple[Slot, ...], slot: Slot) -> bool:
    return any(start <= slot[0] and slot[1] <= end for start, end in availability)


def _apart(problem: Problem) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one, other in problem.keep_apart:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


def _longest_first(people: Iterable[Member]) -> list[Member]:
    return sorted(people, key=lambda one: (-one.waiting_days, one.id))


def _fill(
    problem: Problem, rest: Problem, seeds: Sequence[Group], groups: Sequence[Group]
) -> tuple[list[Group], list[Group]]:  # fmt: skip
    """Whoever has no place, longest waiting first, into the seeds that have room; the smallest seed first."""
    apart, filled = _apart(problem), list(seeds)
    taken = {one for group in (*groups, *seeds) for one in group.members}
    for one in _longest_first(one for one in rest.people if one.id not in taken):
        open_ones = [
            at for at, group in enumerate(filled)
            if (problem.max_size is None or len(group.members) < problem.max_size) and fits(problem, one, group, apart)
        ]  # fmt: skip
        if open_ones:
            at = min(open_ones, key=lambda number: (len(filled[number].members), number))
            filled[at] = _with(filled[at], one.id)
    return filled, list(groups)


def _with(group: Group, one: str) -> Group:
    return replace(group, members=tuple(sorted({*group.members, one})))


def _take_from_groups(
    problem: Problem, rest: Problem, seeds: Sequence[Group], found: Proposal
) -> tuple[list[Group], tuple[Group, ...] | None]:
    """Fill seeds that are too small from groups that can spare somebody, and then from any. The groups that are
    left; None where one of them would be too small and the rest is to be formed anew."""
    apart, filled, groups = _apart(problem), list(seeds), dict(enumerate(found.groups))
    of = {one: at for at, group in groups.items() for one in group.members}
    broken = False
    for number in range(len(filled)):
        spared = sorted(
            _longest_first(one for one in rest.people if one.id in of),
            key=lambda one: len(groups[of[one.id]].members) <= problem.min_size,
        )
        for one in spared:
            if len(filled[number].members) >= problem.min_size:
                break
            if one.id in of and fits(problem, one, filled[number], apart):
                group = groups[of.pop(one.id)]
                at = next(key for key, value in groups.items() if value is group)
                groups[at] = replace(group, members=tuple(name for name in group.members if name != one.id))
                broken |= len(groups[at].members) < problem.min_size
                filled[number] = _with(filled[number], one.id)
    return filled, None if broken else tuple(groups.values())
