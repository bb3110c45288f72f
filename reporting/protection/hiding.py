"""Which further values to hide: the fewest, then the smallest, so that nobody can work out a small one."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.protection.problem import Flags, Problem
from reporting.protection.search import Search


@dataclass(frozen=True, slots=True)
class Hiding:
    """`hidden`: the places. `optimal`: nothing better exists. `bound`: every safe answer hides so many values."""

    hidden: Flags
    optimal: bool
    bound: int


def hide(problem: Problem, until: float) -> Hiding:
    """The best safe answer that was found until then."""
    least = int(problem.weight[problem.must].sum())
    if not problem.needs:
        return Hiding(problem.must.copy(), optimal=True, bound=least)
    search = Search(problem, until)
    optimal = search.run()
    assert search.best is not None
    return Hiding(search.best, optimal, least + search.bound)
