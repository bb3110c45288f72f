"""Form the best groups there are, prove how good they are, and say why somebody is left out. Pure; the contract
"Group formation".

What is best, in this order: most people placed; then the most days of waiting among them; then sizes as even as can
be (the largest group least larger than the smallest). The steps are in `formation_steps`. Every answer is checked
once more against the rules as they were given (`formation_check`), whatever the solver says.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groups.formation_check import broken_rules
from groups.formation_frames import frames_of
from groups.formation_groups import Draft
from groups.formation_input import Problem, Slot
from groups.formation_model import apart_of
from groups.formation_reasons import Unplaced, reasons_for
from groups.formation_search import Report, Search
from groups.formation_solver import SolverError
from groups.formation_steps import EVEN, PLACED, WAITING, longest_waiting, most_even, place_most

SECONDS = 60.0
# The share of the time that is kept for checking the answer and saying why people are left out.
LAST_WORDS = 0.04


@dataclass(frozen=True, slots=True)
class Group:
    """A proposed group, by ids. A trait is None where nobody named any."""

    members: tuple[str, ...]
    leaders: tuple[str, ...]
    slot: Slot | None
    language: str | None
    modality: str | None
    region: str | None
    composition: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """`bound`: nobody can place more people than this. `proven`: the aims of which no better answer exists."""

    status: str
    groups: tuple[Group, ...]
    unplaced: tuple[Unplaced, ...]
    placed: int
    bound: int
    waiting_days: int
    proven: tuple[str, ...]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """The answer of the contract."""
        return {
            "status": self.status, "placed": self.placed, "bound": self.bound, "seconds": round(self.seconds, 2),
            "groups": [
                {
                    "members": list(one.members), "facilitators": list(one.leaders),
                    "slot": None if one.slot is None else list(one.slot), "language": one.language,
                    "modality": one.modality, "region": one.region, "composition": one.composition,
                }
                for one in self.groups
            ],
            "unplaced": [one.to_json() for one in self.unplaced],
            "waiting_days": self.waiting_days, "proven": list(self.proven),
        }  # fmt: skip


def propose(
    problem: Problem, *, seconds: float = SECONDS, report: Report | None = None, stop: Callable[[], bool] | None = None
) -> Proposal:
    """The best groups that are found within `seconds`, with a proven bound; the same problem gives the same answer
    where the time suffices.

    `report(aim, reached, bound)` hears of each step; `stop()` true ends the search, and the best so far is answered.
    """
    begun = time.monotonic()
    ends = begun + seconds * (1 - LAST_WORDS)
    search = Search(problem, frames_of(problem), apart_of(problem), ends, begun, stop,
                     report or (lambda *_: None))  # fmt: skip
    if search.frames:
        place_most(search)
        longest_waiting(search)
        most_even(search)
    else:
        search.proven |= {WAITING, EVEN}
    return _answer(search)


def _answer(search: Search) -> Proposal:
    groups = tuple(_group(search, one) for one in sorted(search.best, key=lambda one: (one.frame, one.people)))
    broken = broken_rules(search.problem, groups)
    if broken:
        raise SolverError(f"a proposed group breaks a rule: {broken[0]}")
    placed, bound = search.placed, max(search.bound, search.placed)
    status = "feasible" if placed < bound else "optimal" if placed else "infeasible"
    known = [placed == bound, WAITING in search.proven, EVEN in search.proven]
    # Each aim counts among the answers that are best in those before it.
    proven = [aim for at, aim in enumerate((PLACED, WAITING, EVEN)) if all(known[: at + 1])]
    unplaced = reasons_for(search.problem, groups)
    return Proposal(status, groups, unplaced, placed, bound, search.waiting(), tuple(proven),
                    time.monotonic() - search.begun)  # fmt: skip


def _group(search: Search, draft: Draft) -> Group:
    frame, problem = search.frames[draft.frame], search.problem
    return Group(
        tuple(problem.people[person].id for person in draft.people),
        tuple(problem.leaders[leader].id for leader in draft.leaders),
        frame.slot, frame.language, frame.modality, frame.region, frame.composition,
    )  # fmt: skip
