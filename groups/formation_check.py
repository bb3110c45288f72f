"""Whether proposed groups keep every hard rule, read from the problem as it was given.

Shares nothing with the search: what it believes about frames, sets and flows is not believed here. People's safety
hangs on it ([NH] rule 24), so it runs on every answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from groups.formation_input import Leader, Member, Problem, Slot

if TYPE_CHECKING:
    from groups.formation import Group


def broken_rules(problem: Problem, groups: Sequence[Group]) -> list[str]:
    """What is wrong with these groups, in words for an engineer; empty when nothing is."""
    everyone: dict[str, Member | Leader] = {one.id: one for one in problem.people}
    everyone |= {one.id: one for one in problem.leaders}
    found = [fault for group in groups for fault in _in_one(problem, everyone, group)]
    return found + list(_together(problem, groups)) + list(_between(problem, groups))


def _in_one(problem: Problem, everyone: dict[str, Member | Leader], group: Group) -> Iterator[str]:
    size = len(group.members)
    if size < problem.min_size or (problem.max_size is not None and size > problem.max_size):
        yield f"a group of {size}"
    if len(set(group.leaders)) != problem.leaders_per_group or len(group.leaders) != problem.leaders_per_group:
        yield f"{len(group.leaders)} leaders"
    if problem.slots is not None and group.slot not in problem.slots:
        yield "a slot that was not offered"
    for one in (*group.members, *group.leaders):
        yield from (f"{one}: {fault}" for fault in _misfits(group, everyone[one]))


def _together(problem: Problem, groups: Sequence[Group]) -> Iterator[str]:
    places: dict[str, set[int]] = {}
    for at, group in enumerate(groups):
        for one in (*group.members, *group.leaders):
            places.setdefault(one, set()).add(at)
    for first, second in problem.keep_apart:
        if places.get(first, set()) & places.get(second, set()):
            yield "two people who are kept apart"


def _misfits(group: Group, one: Member | Leader) -> Iterator[str]:
    if one.languages is not None and group.language not in one.languages:
        yield "another language"
    if one.modalities is not None and group.modality not in one.modalities:
        yield "another way to meet"
    if group.modality == "in_person" and one.region is not None and one.region != group.region:
        yield "another region"
    if group.slot is not None and not _can_come(one.availability, group.slot):
        yield "not free then"
    if isinstance(one, Member) and one.composition is not None and group.composition not in one.composition:
        yield "a composition that they do not accept"


def _can_come(availability: tuple[Slot, ...] | None, slot: Slot) -> bool:
    return availability is None or any(start <= slot[0] and slot[1] <= end for start, end in availability)


def _between(problem: Problem, groups: Sequence[Group]) -> Iterator[str]:
    places = Counter(one for group in groups for one in group.members)
    yield from (f"{one} in two groups" for one, times in places.items() if times > 1)
    leads = Counter(one for group in groups for one in group.leaders)
    for leader in problem.leaders:
        if leader.max_groups is not None and leads[leader.id] > leader.max_groups:
            yield f"{leader.id} leads too many groups"
        slots = sorted(group.slot for group in groups if leader.id in group.leaders and group.slot is not None)
        if any(earlier[1] > later[0] for earlier, later in pairwise(slots)):
            yield f"{leader.id} leads two groups at once"
