"""What another rule, another time or another leader would change, before anybody decides. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groups.formation_input import FormationError, Leader, Problem, Slot

if TYPE_CHECKING:
    from groups.formation import Proposal


@dataclass(frozen=True, slots=True)
class Change:
    """What is tried; None and () leave things as they are. `slots`, `leaders`: offered besides those there are."""

    min_size: int | None = None
    max_size: int | None = None
    leaders_per_group: int | None = None
    slots: tuple[Slot, ...] = ()
    leaders: tuple[Leader, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """`gained`: ids of those who would have a place then and have none now; `lost`: the other way round.

    `certain`: both proposals are proven, so no better one exists on either side of the comparison.
    """

    placed: int
    groups: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    certain: bool


def changed(problem: Problem, change: Change) -> Problem:
    """The problem as it would be. FormationError where the change contradicts it (sizes, an id that is taken)."""
    least = problem.min_size if change.min_size is None else change.min_size
    most = problem.max_size if change.max_size is None else change.max_size
    needed = problem.leaders_per_group if change.leaders_per_group is None else change.leaders_per_group
    if least < 1 or (most is not None and most < least):
        raise FormationError("size", "the largest size is below the smallest")
    if needed < 0:
        raise FormationError("facilitators_per_group", "must not be below 0")
    taken = {one.id for one in problem.people} | {one.id for one in problem.leaders}
    ids = [one.id for one in change.leaders]
    if taken & set(ids) or len(set(ids)) < len(ids):
        raise FormationError("facilitators", "an id is taken")
    slots = problem.slots if problem.slots is None else tuple(sorted({*problem.slots, *change.slots}))
    return replace(problem, min_size=least, max_size=most, leaders_per_group=needed, slots=slots,
                   leaders=(*problem.leaders, *change.leaders))  # fmt: skip


def effect(now: Proposal, then: Proposal) -> Effect:
    """What the second proposal has that the first has not."""
    here, there = _placed(now), _placed(then)
    return Effect(
        placed=then.placed - now.placed,
        groups=len(then.groups) - len(now.groups),
        gained=tuple(sorted(there - here)),
        lost=tuple(sorted(here - there)),
        certain=now.placed == now.bound and then.placed == then.bound,
    )


def _placed(proposal: Proposal) -> set[str]:
    return {one for group in proposal.groups for one in group.members}
