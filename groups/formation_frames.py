"""What a group could be: a slot, a language, a way to meet, a region and a composition, and whom each would suit.

Sets of people and of leaders are whole numbers whose bits are positions in the problem's lists: to intersect two
sets of five thousand takes a fraction of a microsecond.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from groups.formation_input import ANY, WEEK, Leader, Member, Problem, Slot

# The one way to meet that ties a group to a region.
IN_PERSON = "in_person"
FIRST = (ANY, "virtual")


@dataclass(frozen=True, slots=True)
class Frame:
    """One kind of group that could be formed. `people`, `leaders`: those whom it suits, as bits.

    A part is None where nobody names one. `most`: no more groups than this can have this frame at once.
    """

    slot: Slot | None
    language: str | None
    modality: str | None
    region: str | None
    composition: str
    people: int
    leaders: int
    most: int


@dataclass(frozen=True, slots=True)
class Traits:
    """For each possible value of each trait, the bits of those whom it suits."""

    slots: dict[Slot | None, int]
    languages: dict[str | None, int]
    places: dict[tuple[str | None, str | None], int]
    compositions: dict[str, int]


def bits(flags: Iterable[bool]) -> int:
    return int.from_bytes(_packed(flags), "little")


def _packed(flags: Iterable[bool]) -> bytes:
    text = "".join("1" if flag else "0" for flag in flags)
    return int(text[::-1] or "0", 2).to_bytes(len(text) // 8 + 1, "little")


def members(mask: int) -> Iterator[int]:
    """The positions in a set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def traits_of(problem: Problem) -> tuple[Traits, Traits]:
    """The traits of the people and those of the leaders, over the same values."""
    everyone: list[Member | Leader] = [*problem.people, *problem.leaders]
    slots: list[Slot | None] = [None] if problem.slots is None else list(problem.slots)
    languages = _named(one.languages for one in everyone)
    places = _places(everyone)
    compositions = [one for one in _named(one.composition for one in problem.people) if one is not None] or [ANY]
    return (
        _traits(problem.people, slots, languages, places, compositions),
        _traits(problem.leaders, slots, languages, places, []),
    )


def _named(values: Iterable[tuple[str, ...] | None]) -> list[str | None]:
    """What anybody names, the usual ones first; where nobody names any, the one that is none."""
    found = {one for several in values for one in several or ()}
    return [*sorted(found, key=lambda one: (one not in FIRST, one))] or [None]


def _places(everyone: Sequence[Member | Leader]) -> list[tuple[str | None, str | None]]:
    """Ways to meet, each with its region where it has one."""
    regions: list[str | None] = [*sorted({one.region for one in everyone if one.region is not None})]
    found: list[tuple[str | None, str | None]] = []
    for modality in _named(one.modalities for one in everyone):
        found += [(modality, region) for region in (regions or [None])] if modality == IN_PERSON else [(modality, None)]
    return found


def _traits(
    everyone: Sequence[Member] | Sequence[Leader], slots: list[Slot | None], languages: list[str | None],
    places: list[tuple[str | None, str | None]], compositions: list[str],
) -> Traits:  # fmt: skip
    free = [_Free(one.availability) for one in everyone]
    accepted = [one.composition if isinstance(one, Member) else None for one in everyone]
    return Traits(
        slots={slot: bits(one.covers(slot) for one in free) for slot in slots},
        languages={value: bits(_accepts(one.languages, value) for one in everyone) for value in languages},
        places={
            (modality, region): bits(
                _accepts(one.modalities, modality) and (region is None or one.region in (None, region))
                for one in everyone
            )
            for modality, region in places
        },
        compositions={value: bits(_accepts(one, value) for one in accepted) for value in compositions},
    )


def _accepts(values: tuple[str, ...] | None, value: str | None) -> bool:
    return values is None or value in values


class _Free:
    """Whether one of somebody's intervals covers a slot."""

    def __init__(self, intervals: tuple[Slot, ...] | None) -> None:
        ordered = sorted(intervals or ())
        self.always = intervals is None
        self.starts = [start for start, _ in ordered]
        self.until = list(accumulate((end for _, end in ordered), max))

    def covers(self, slot: Slot | None) -> bool:
        if self.always or slot is None:
            return True
        before = bisect_right(self.starts, slot[0])
        return before > 0 and self.until[before - 1] >= slot[1]


def frames_of(problem: Problem) -> list[Frame]:
    """Every kind of group that could have enough people and leaders, without those that another one can replace."""
    people, leaders = traits_of(problem)
    found: list[Frame] = []
    for slot, free in people.slots.items():
        found += _undominated(_frames_at(problem, people, leaders, slot, free))
    return found


def _frames_at(problem: Problem, people: Traits, leaders: Traits, slot: Slot | None, free: int) -> list[Frame]:
    found: list[Frame] = []
    for language, speak in people.languages.items():
        for place, meet in people.places.items():
            able = leaders.slots[slot] & leaders.languages[language] & leaders.places[place]
            common = free & speak & meet
            for composition, accept in people.compositions.items():
                suited = common & accept
                most = most_groups(problem, suited, able, at_once=slot is not None)
                if most:
                    found.append(Frame(slot, language, *place, composition, suited, able, most))
    return found


def most_groups(problem: Problem, people: int, leaders: int, *, at_once: bool = True) -> int:
    """How many groups these could make, by their numbers alone; `at_once`: nobody can lead two of them."""
    groups = people.bit_count() // problem.min_size
    if not problem.leaders_per_group:
        return groups
    teams = leaders.bit_count() // problem.leaders_per_group
    return min(groups, teams) if at_once or not teams else groups


def overlap(one: Slot | None, other: Slot | None) -> bool:
    """Whether nobody can be at both, week after week. Slots without a time never overlap."""
    if one is None or other is None:
        return False
    return any(one[0] < other[1] + shift and other[0] + shift < one[1] for shift in (-WEEK, 0, WEEK))


def _undominated(frames: list[Frame]) -> list[Frame]:
    """Leave out a frame whose people and leaders all suit another one at the same time: it adds nothing."""
    kept: list[Frame] = []
    for one in sorted(frames, key=lambda frame: -(frame.people.bit_count() + frame.leaders.bit_count())):
        if not any(one.people & ~other.people == 0 and one.leaders & ~other.leaders == 0 for other in kept):
            kept.append(one)
    return sorted(kept, key=frames.index)
