"""Single groups: a first answer made by hand, and who of a frame's people goes into which of its groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from groups.formation_frames import Frame, bits, members, overlap
from groups.formation_input import Problem, Slot
from groups.formation_model import Apart, Model
from groups.formation_solver import Effort, maximise

Sizes = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Draft:
    """One group by positions: its frame, its people and its leaders."""

    frame: int
    people: tuple[int, ...]
    leaders: tuple[int, ...]


# A first answer -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Left:
    """Who is still free while groups are put together one after the other."""

    people: int
    leaders: dict[Slot | None, int]
    takes: list[int | None]

    def lead(self, leaders: Iterable[int], slot: Slot | None) -> None:
        for leader in leaders:
            left = self.takes[leader]
            self.takes[leader] = None if left is None else left - 1
            for other in self.leaders:
                if overlap(slot, other) or self.takes[leader] == 0:
                    self.leaders[other] &= ~(1 << leader)


def first_answer(problem: Problem, frames: Sequence[Frame], apart: Apart, sizes: Sizes) -> list[Draft]:
    """Groups put together one at a time, the fullest first: never the best answer, always one to begin with."""
    takes = [one.max_groups for one in problem.leaders]
    able = bits(take != 0 for take in takes)
    left = _Left((1 << len(problem.people)) - 1, dict.fromkeys((frame.slot for frame in frames), able), takes)
    choices = _choices(problem, frames)
    drafts: list[Draft] = []
    dead: set[int] = set()
    while (at := _fullest(problem, frames, left, dead, sizes)) is not None:
        draft = _one_group(problem, frames, at, left, apart, choices, sizes)
        if draft is None:
            dead.add(at)
            continue
        left.people &= ~bits_of(draft.people)
        left.lead(draft.leaders, frames[at].slot)
        drafts.append(draft)
    return [_filled(problem, frames, draft, left, apart, sizes) for draft in drafts]


def bits_of(positions: Iterable[int]) -> int:
    mask = 0
    for position in positions:
        mask |= 1 << position
    return mask


def _choices(problem: Problem, frames: Sequence[Frame]) -> tuple[list[int], list[int]]:
    """In how many frames each person, and each leader, could be."""
    people, leaders = [0] * len(problem.people), [0] * len(problem.leaders)
    for frame in frames:
        for person in members(frame.people):
            people[person] += 1
        for leader in members(frame.leaders):
            leaders[leader] += 1
    return people, leaders


def _fullest(problem: Problem, frames: Sequence[Frame], left: _Left, dead: set[int], sizes: Sizes) -> int | None:
    best, most = None, sizes[0] - 1
    for at, frame in enumerate(frames):
        count = (frame.people & left.people).bit_count()
        count = count if sizes[1] is None else min(count, sizes[1])
        enough = (frame.leaders & left.leaders[frame.slot]).bit_count() >= problem.leaders_per_group
        if count > most and enough and at not in dead:
            best, most = at, count
    return best


def _one_group(
    problem: Problem, frames: Sequence[Frame], at: int, left: _Left, apart: Apart,
    choices: tuple[list[int], list[int]], sizes: Sizes,
) -> Draft | None:  # fmt: skip
    frame, first = frames[at], len(problem.people)
    leaders: list[int] = []
    for leader in sorted(members(frame.leaders & left.leaders[frame.slot]), key=lambda one: (choices[1][one], one)):
        if len(leaders) < problem.leaders_per_group and not _kept_apart(apart, first + leader, leaders, first):
            leaders.append(leader)
    if len(leaders) < problem.leaders_per_group:
        return None
    people: list[int] = []
    inside = {first + leader for leader in leaders}
    longest = problem.people
    for person in sorted(
        members(frame.people & left.people), key=lambda one: (choices[0][one], -longest[one].waiting_days, one)
    ):
        full = sizes[1] is not None and len(people) >= sizes[1]
        if not full and not apart.of.get(person, frozenset()) & inside:
            people.append(person)
            inside.add(person)
    return Draft(at, tuple(people), tuple(leaders)) if len(people) >= sizes[0] else None


def _kept_apart(apart: Apart, one: int, leaders: Iterable[int], first: int) -> bool:
    return bool(apart.of.get(one, frozenset()) & {first + leader for leader in leaders})


def _filled(problem: Problem, frames: Sequence[Frame], draft: Draft, left: _Left, apart: Apart, sizes: Sizes) -> Draft:
    """Whoever is left and fits into what room is left."""
    first = len(problem.people)
    people, inside = list(draft.people), {*draft.people, *(first + leader for leader in draft.leaders)}
    for person in members(frames[draft.frame].people & left.people):
        full = sizes[1] is not None and len(people) >= sizes[1]
        if not full and not apart.of.get(person, frozenset()) & inside:
            people.append(person)
            inside.add(person)
            left.people &= ~(1 << person)
    return Draft(draft.frame, tuple(sorted(people)), draft.leaders)


# Which of a frame's groups ---------------------------------------------------------------------------------


def split(
    problem: Problem, at: int, people: Sequence[int], leaders: Mapping[int, int], count: int, apart: Apart,
    sizes: Sizes, effort: Effort,
) -> list[Draft] | None:  # fmt: skip
    """Put a frame's people and leaders (leader → how many groups) into `count` groups; None if there is no way.

    As even as the pairs allow; nobody is with someone from whom they are kept apart.
    """
    if count == 0:
        return []
    even = (len(people) // count, ceil(len(people) / count))
    quick = _by_turns(problem, people, leaders, count, apart, even[1])
    if quick is None:
        for least, most in (even, (sizes[0], len(people) if sizes[1] is None else sizes[1])):
            quick = _exactly(problem, people, leaders, count, apart, (max(least, sizes[0]), most), effort)
            if quick is not None:
                break
    if quick is None:
        return None
    return [Draft(at, tuple(sorted(inside)), tuple(sorted(leading))) for inside, leading in quick]


Parts = list[tuple[list[int], list[int]]]


def _by_turns(
    problem: Problem, people: Sequence[int], leaders: Mapping[int, int], count: int, apart: Apart, most: int
) -> Parts | None:
    """Those with most pairs first, each into the smallest group that has nobody whom they must not meet."""
    first = len(problem.people)
    parts: Parts = [([], []) for _ in range(count)]
    inside: list[set[int]] = [set() for _ in range(count)]
    everyone = {*people, *(first + leader for leader in leaders)}
    pairs = {one: len(apart.of.get(one, frozenset()) & everyone) for one in everyone}
    ordered = [(first + leader, True) for leader, times in sorted(leaders.items()) for _ in range(times)]
    ordered += [(person, False) for person in sorted(people)]
    # Leaders of several groups, and people in pairs, have least room to choose.
    ordered.sort(key=lambda one: (not one[1], -leaders.get(one[0] - first, 0) if one[1] else 0, -pairs[one[0]]))
    room = (most, problem.leaders_per_group)
    for one, leads in ordered:
        free = [
            number
            for number in range(count)
            if len(parts[number][leads]) < room[leads]
            and one not in inside[number]
            and not apart.of.get(one, frozenset()) & inside[number]
        ]
        if not free:
            return None
        chosen = min(free, key=lambda number: (len(parts[number][leads]), number))
        parts[chosen][leads].append(one - first if leads else one)
        inside[chosen].add(one)
    low = len(people) // count
    return parts if all(len(group) >= low for group, _ in parts) else None


def _exactly(
    problem: Problem, people: Sequence[int], leaders: Mapping[int, int], count: int, apart: Apart,
    sizes: tuple[int, int], effort: Effort,
) -> Parts | None:  # fmt: skip
    """The same as whole numbers under rules: found if there is a way."""
    first = len(problem.people)
    model = Model(problem, ())
    times = dict.fromkeys(people, 1) | {first + leader: number for leader, number in leaders.items()}
    places = {one: [model.column(1) for _ in range(count)] for one in times}
    for one, number in times.items():
        model.row(number, number, [(column, 1.0) for column in places[one]])
    for group in range(count):
        model.row(sizes[0], sizes[1], [(places[person][group], 1.0) for person in people])
        teams = [(places[first + leader][group], 1.0) for leader in leaders]
        model.row(problem.leaders_per_group, problem.leaders_per_group, teams)
    for one, other in sorted(apart.pairs):
        if one in places and other in places:
            for mine, theirs in zip(places[one], places[other], strict=True):
                model.row(0, 1, [(mine, 1.0), (theirs, 1.0)])
    found = maximise(model, {}, effort)
    if found.values is None:
        return None
    chosen = found.values
    return [
        (
            [person for person in people if chosen[places[person][group]] > 0.5],
            [leader for leader in leaders if chosen[places[first + leader][group]] > 0.5],
        )
        for group in range(count)
    ]
