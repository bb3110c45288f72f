"""Why somebody has no place in a proposal, and what would give them one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Any

from groups.formation_frames import bits, members, overlap, traits_of
from groups.formation_input import Problem, Slot

if TYPE_CHECKING:
    from groups.formation import Group


class Reason(StrEnum):
    """The first that holds, in the order in which they are asked."""

    NO_LANGUAGE = "no_language"
    """Too few people speak a language of theirs for any group."""
    NO_COMMON_SLOT = "no_common_slot"
    """At no time when they are free are enough people free who speak with them."""
    TOO_FEW = "too_few"
    """Enough people at no time share a way to meet and a composition with them, or too few of those are left."""
    NO_FACILITATOR = "no_facilitator"
    """Enough people, but not the leaders whom a group needs, or these lead other groups."""
    KEPT_APART = "kept_apart"
    """There would be room, but with someone from whom they are kept apart ([NH] rule 24). For coordinators only."""
    CAPACITY = "capacity"
    """Every group that suits them is full."""


@dataclass(frozen=True, slots=True)
class Lack:
    """The group that would come about soonest: how many more people and leaders it needs, and of which kind."""

    people: int
    leaders: int
    slot: Slot | None
    language: str | None
    modality: str | None
    region: str | None
    composition: str


@dataclass(frozen=True, slots=True)
class Unplaced:
    """`lack`: None where no more people or leaders would help."""

    id: str
    reason: Reason
    lack: Lack | None = None

    def to_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"id": self.id, "reason": str(self.reason)}
        if self.lack is not None:
            lack = self.lack
            answer["missing"] = {
                "people": lack.people, "facilitators": lack.leaders, "slot": lack.slot and list(lack.slot),
                "language": lack.language, "modality": lack.modality, "region": lack.region,
                "composition": lack.composition,
            }  # fmt: skip
        return answer


Cell = tuple[Slot | None, str | None, tuple[str | None, str | None], str]


class _Table:
    """Who could be in which kind of group, who has a place already, and which leaders are still free."""

    def __init__(self, problem: Problem, groups: Sequence[Group]) -> None:
        self.problem, self.groups = problem, groups
        self.people, self.leaders = traits_of(problem)
        position = {one.id: at for at, one in enumerate(problem.people)}
        placed = {position[one] for group in groups for one in group.members}
        self.left = bits(at not in placed for at in range(len(problem.people)))
        self.apart: dict[str, set[str]] = {}
        for one, other in problem.keep_apart:
            self.apart.setdefault(one, set()).add(other)
            self.apart.setdefault(other, set()).add(one)
        self.idle = {slot: self._idle(slot) for slot in self.people.slots}
        self.formed: dict[Cell, list[Group]] = {}
        for group in groups:
            self.formed.setdefault(_cell(group), []).append(group)
        self._able: dict[Cell, int] = {}

    def _idle(self, slot: Slot | None) -> int:
        """Leaders who could take on one more group at this time."""
        led = [(leader, group.slot) for group in self.groups for leader in group.leaders]
        times = {leader: 0 for leader, _ in led}
        for leader, _ in led:
            times[leader] += 1
        busy = {leader for leader, at in led if overlap(at, slot)}
        return bits(
            one.id not in busy and (one.max_groups is None or times.get(one.id, 0) < one.max_groups)
            for one in self.problem.leaders
        )

    def cells(self, person: int) -> Iterator[Cell]:
        """Every kind of group that suits the person."""
        suits = [
            [value for value, mask in trait.items() if mask >> person & 1]
            for trait in (self.people.slots, self.people.languages, self.people.places, self.people.compositions)
        ]
        yield from product(*suits)

    def able(self, cell: Cell) -> int:
        if cell not in self._able:
            slot, language, place, composition = cell
            here = self.people
            at_once = here.slots[slot] & here.languages[language]
            self._able[cell] = at_once & here.places[place] & here.compositions[composition]
        return self._able[cell]

    def leading(self, cell: Cell) -> int:
        slot, language, place, _ = cell
        return self.leaders.slots[slot] & self.leaders.languages[language] & self.leaders.places[place]


def reasons_for(problem: Problem, groups: Sequence[Group]) -> tuple[Unplaced, ...]:
    """Everybody who has no place, in the order of the problem."""
    table = _Table(problem, groups)
    return tuple(_reason(table, person) for person in members(table.left))


def _reason(table: _Table, person: int) -> Unplaced:
    name = table.problem.people[person].id
    reason = _before_groups(table, person) or _beside_groups(table, person)
    lack = None if reason in (Reason.KEPT_APART, Reason.CAPACITY) else _lack(table, person)
    return Unplaced(name, reason, lack)


def _before_groups(table: _Table, person: int) -> Reason | None:
    """What would keep them from a place even if nobody else had one yet."""
    least, needed = table.problem.min_size, table.problem.leaders_per_group
    spoken = [mask for mask in table.people.languages.values() if mask >> person & 1]
    if len(table.problem.people) < least:
        return Reason.TOO_FEW
    if not any(mask.bit_count() >= least for mask in spoken):
        return Reason.NO_LANGUAGE
    free = [mask for mask in table.people.slots.values() if mask >> person & 1]
    if not any((one & other).bit_count() >= least for one in spoken for other in free):
        return Reason.NO_COMMON_SLOT
    enough = [cell for cell in table.cells(person) if table.able(cell).bit_count() >= least]
    if not enough:
        return Reason.TOO_FEW
    led = [cell for cell in enough if table.leading(cell).bit_count() >= needed]
    if not led:
        return Reason.NO_FACILITATOR
    mine = table.apart.get(table.problem.people[person].id, set())
    if not any(_without(table, cell, mine) for cell in led):
        return Reason.KEPT_APART
    return None


def _without(table: _Table, cell: Cell, apart: set[str]) -> bool:
    """Whether enough people and leaders are there without those who are kept apart."""
    people, leaders = table.problem.people, table.problem.leaders
    present = sum(people[one].id not in apart for one in members(table.able(cell)))
    leading = sum(leaders[one].id not in apart for one in members(table.leading(cell)))
    return present >= table.problem.min_size and leading >= table.problem.leaders_per_group


def _beside_groups(table: _Table, person: int) -> Reason:
    """What keeps them from a place as the groups are."""
    problem, cells = table.problem, list(table.cells(person))
    mine = table.apart.get(problem.people[person].id, set())
    suiting = [one for cell in cells for one in table.formed.get(cell, ())]
    room = [one for one in suiting if problem.max_size is None or len(one.members) < problem.max_size]
    if any(mine & {*one.members, *one.leaders} for one in room):
        return Reason.KEPT_APART
    for cell in cells:
        left = table.able(cell) & table.left
        if left.bit_count() >= problem.min_size:
            idle = table.leading(cell) & table.idle[cell[0]]
            if idle.bit_count() < problem.leaders_per_group:
                return Reason.NO_FACILITATOR
    return Reason.CAPACITY if suiting else Reason.TOO_FEW


def _cell(group: Group) -> Cell:
    return group.slot, group.language, (group.modality, group.region), group.composition


def _lack(table: _Table, person: int) -> Lack | None:
    """The new group for which least is missing, of those who have no place."""
    least, needed = table.problem.min_size, table.problem.leaders_per_group
    best: tuple[int, int, Cell] | None = None
    for cell in table.cells(person):
        people = max(0, least - (table.able(cell) & table.left).bit_count())
        leaders = max(0, needed - (table.leading(cell) & table.idle[cell[0]]).bit_count())
        if best is None or people + leaders < best[0] + best[1]:
            best = (people, leaders, cell)
    if best is None or best[0] + best[1] == 0:
        return None
    people, leaders, (slot, language, (modality, region), composition) = best
    return Lack(people, leaders, slot, language, modality, region, composition)
