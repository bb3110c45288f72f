"""The formation problem as whole numbers under linear rules, and the solver (HiGHS) that finds the best of them.

For each frame there is the number of groups n, for each person it suits whether they are in one of them, for each
leader how many of them they lead. Groups of one frame are not told apart here: two people who are kept apart can
both have a place where there are two groups, and who goes into which is settled afterwards (`formation_groups`).
A set of people who are all kept apart from each other has at most as many places as there are groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from groups.formation_frames import Frame, members, overlap
from groups.formation_input import Problem, Slot

NEVER = float("inf")
# Up to so many places to choose from, each is tied to its group by a rule of its own.
MOST_TIGHT = 6_000


@dataclass(frozen=True, slots=True)
class Apart:
    """Keep-apart pairs by position: leaders come after the people. `cliques` cover every pair."""

    pairs: frozenset[tuple[int, int]]
    of: dict[int, frozenset[int]]
    cliques: tuple[tuple[int, ...], ...]


def apart_of(problem: Problem) -> Apart:
    ids = [one.id for one in problem.people] + [one.id for one in problem.leaders]
    position = {name: at for at, name in enumerate(ids)}
    both = [(position[one], position[other]) for one, other in problem.keep_apart]
    pairs = sorted({(min(pair), max(pair)) for pair in both})
    of: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        of[one].add(other)
        of[other].add(one)
    return Apart(frozenset(pairs), {key: frozenset(value) for key, value in of.items()}, _cliques(pairs, of))


def _cliques(pairs: Iterable[tuple[int, int]], of: dict[int, set[int]]) -> tuple[tuple[int, ...], ...]:
    """Sets of people who are all kept apart from each other, so that every pair is in one."""
    found: list[tuple[int, ...]] = []
    covered: set[tuple[int, int]] = set()
    for one, other in pairs:
        if (one, other) in covered:
            continue
        clique = [one, other]
        for third in sorted(of[one] & of[other]):
            if all(third in of[known] for known in clique):
                clique.append(third)
        clique.sort()
        covered |= {(low, high) for at, low in enumerate(clique) for high in clique[at + 1 :]}
        found.append(tuple(clique))
    return tuple(found)


@dataclass(slots=True)
class Model:
    """Columns and rows, as the solver takes them. `groups`, `people`, `leaders`: the columns by what they mean."""

    problem: Problem
    frames: Sequence[Frame]
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[float, float, list[int], list[float]]] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    people: list[dict[int, int]] = field(default_factory=list)
    leaders: list[dict[int, int]] = field(default_factory=list)
    totals: dict[int, list[int]] = field(default_factory=dict)

    def column(self, upper: float, *, whole: bool = True, lower: float = 0) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.upper) - 1

    def row(self, least: float, most: float, terms: Iterable[tuple[int, float]]) -> None:
        columns, values = zip(*terms, strict=True) if (listed := list(terms)) else ((), ())
        self.rows.append((least, most, list(columns), list(values))) if listed else None


def build(problem: Problem, frames: Sequence[Frame], apart: Apart | None, sizes: tuple[int, int | None]) -> Model:
    """The model for groups of `sizes`; `apart` None leaves the keep-apart pairs out, which can only allow more."""
    model = Model(problem, frames)
    tied = set(apart.of) if apart else set()
    tight = sum(frame.people.bit_count() for frame in frames) <= MOST_TIGHT
    for frame in frames:
        # Given whole numbers of groups, the places of people in no pair come out whole by themselves (a flow).
        people = {person: model.column(1, whole=person in tied) for person in members(frame.people)}
        size = _add_frame(model, frame, people, sizes)
        model.row(0, 0, [*((column, 1.0) for column in people.values()), (size, -1.0)])
        for column in people.values() if tight else ():
            # True of whole groups anyway. Without it a tenth of a group would do for one person, and times that
            # overlap would seem to hold ten people each.
            model.row(-NEVER, 0, [(column, 1.0), (model.groups[-1], -1.0)])
    _once_each(model)
    _leaders_free(model)
    _totals(model)
    if apart:
        _keep_apart(model, apart)
    return model


def build_leaders(problem: Problem, frames: Sequence[Frame], sizes: tuple[int, int | None]) -> Model:
    """The leaders and the numbers of groups alone: small, and where leaders are scarce it says all there is to say."""
    model = Model(problem, frames)
    for frame in frames:
        _add_frame(model, frame, {}, sizes)
    _leaders_free(model)
    _totals(model)
    _people_shared(model)
    return model


def _people_shared(model: Model) -> None:
    """Groups that share a trait share those whom it suits: together they hold no more people than there are."""
    together: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for at, one in enumerate(model.frames):
        traits = (one.slot, one.language, (one.modality, one.region), one.composition)
        for mask in range(2 ** len(traits) - 1):
            together[mask, *(trait for bit, trait in enumerate(traits) if mask >> bit & 1)].append(at)
    for places in together.values():
        everyone = 0
        for at in places:
            everyone |= model.frames[at].people
        if len(places) > 1:
            model.row(0, everyone.bit_count(), [(model.sizes[at], 1.0) for at in places])


def _add_frame(model: Model, frame: Frame, people: dict[int, int], sizes: tuple[int, int | None]) -> int:
    """The frame's columns and rules but for who its people are; returns the column of how many they are."""
    problem = model.problem
    least, most = sizes
    able = frame.people.bit_count()
    most = able if most is None else min(most, able)
    groups = model.column(frame.most)
    size = model.column(able, whole=False)
    model.row(0, NEVER, [(size, 1.0), (groups, -float(least))])
    model.row(-NEVER, 0, [(size, 1.0), (groups, -float(most))])
    at_once = 1 if frame.slot is not None else frame.most
    leaders: dict[int, int] = {}
    if problem.leaders_per_group:
        leaders = {leader: model.column(at_once) for leader in members(frame.leaders)}
        needed = -float(problem.leaders_per_group)
        model.row(0, 0, [*((column, 1.0) for column in leaders.values()), (groups, needed)])
        if at_once > 1:
            for column in leaders.values():
                model.row(-NEVER, 0, [(column, 1.0), (groups, -1.0)])
    model.groups.append(groups)
    model.sizes.append(size)
    model.people.append(people)
    model.leaders.append(leaders)
    return size


def _once_each(model: Model) -> None:
    """Each person has one place at most."""
    of: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for people in model.people:
        for person, column in people.items():
            of[person].append((column, 1.0))
    for _, terms in sorted(of.items()):
        if len(terms) > 1:
            model.row(-NEVER, 1, terms)


def _leaders_free(model: Model) -> None:
    """Each leader has no more groups than they take on, and one at a time."""
    of: dict[int, dict[Slot | None, list[int]]] = defaultdict(lambda: defaultdict(list))
    for frame, leaders in zip(model.frames, model.leaders, strict=True):
        for leader, column in leaders.items():
            of[leader][frame.slot].append(column)
    slots = list(dict.fromkeys(frame.slot for frame in model.frames))
    at_once = {slot: [other for other in slots if _begins_within(slot, other)] for slot in slots if slot is not None}
    for leader, places in sorted(of.items()):
        most = model.problem.leaders[leader].max_groups
        if most is not None:
            model.row(-NEVER, most, [(column, 1.0) for columns in places.values() for column in columns])
        for slot in places:
            others = () if slot is None else at_once[slot]
            together = [(column, 1.0) for other in others for column in places.get(other, ())]
            if len(together) > 1:
                model.row(-NEVER, 1, together)


def _begins_within(slot: Slot, other: Slot | None) -> bool:
    """Whether the other one covers the beginning of the slot: who leads there cannot lead here."""
    return overlap((slot[0], slot[0] + 1), other)


def _totals(model: Model) -> None:
    """How many groups there are in all, and by each trait, as whole numbers of their own.

    They add no rule: leaders who come in pairs make 38 groups, not 38.5, and said so it need not be searched for.
    """
    together: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for at, frame in enumerate(model.frames):
        for key in ((), ("language", frame.language), ("way", frame.modality), ("slot", frame.slot),
                    ("both", frame.language, frame.modality)):  # fmt: skip
            together[key].append(at)
    for key, places in together.items():
        if len(places) > 1:
            total = model.column(_most_together(model, places, at_once=key[:1] == ("slot",)))
            model.totals[total] = [model.groups[at] for at in places]
            model.row(0, 0, [*((column, 1.0) for column in model.totals[total]), (total, -1.0)])


def _most_together(model: Model, places: list[int], *, at_once: bool) -> float:
    """No more groups than these people and these leaders could make."""
    problem, people, leaders = model.problem, 0, 0
    for at in places:
        people |= model.frames[at].people
        leaders |= model.frames[at].leaders
    most = people.bit_count() // problem.min_size
    if not problem.leaders_per_group:
        return most
    takes = [problem.leaders[leader].max_groups for leader in members(leaders)]
    each = 1 if at_once and model.frames[places[0]].slot is not None else most
    capacity = sum(each if take is None else min(take, each) for take in takes)
    return min(most, capacity // problem.leaders_per_group)


def _keep_apart(model: Model, apart: Apart) -> None:
    """Of people who are all kept apart from each other, each needs a group of their own."""
    first = len(model.problem.people)
    of: dict[int, dict[int, int]] = {one: {} for one in apart.of}
    for at, (people, leaders) in enumerate(zip(model.people, model.leaders, strict=True)):
        everyone = people | {first + leader: column for leader, column in leaders.items()}
        for one in of.keys() & everyone.keys():
            of[one][at] = everyone[one]
    for clique in apart.cliques:
        together: dict[int, list[int]] = defaultdict(list)
        for one in clique:
            for at, column in of[one].items():
                together[at].append(column)
        for at, columns in sorted(together.items()):
            if len(columns) > 1:
                model.row(-NEVER, 0, [*((column, 1.0) for column in columns), (model.groups[at], -1.0)])
