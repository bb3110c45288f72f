"""The fewest places to hide, by cutting planes: what every safe answer must hide is learned from answers that fail.

The cheapest hiding under all cuts known so far is no dearer than any safe answer. When it is safe it is the best;
else each cell that can be worked out gives a further cut. First with shares of places, which is quick and says most
of it, then with whole ones. What is safe on the way is kept, in case the time runs out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from time import monotonic

import highspy
import numpy as np

from reporting.protection.attack import Attacker, Need
from reporting.protection.cuts import Cut, Separator, as_share, bridges, cuts_of_rows
from reporting.protection.problem import Flags, Problem
from reporting.protection.repair import Cleaner, Greedy
from reporting.protection.solver import NEVER, STATUS, Numbers, OutOfTime, a_model, a_solver, as_rows, run

Row = tuple[float, float, list[int], list[float]]
# As near to a whole number as the solver is asked to be, and how far off a bound may be by that.
FINE, ROUGH = 1e-9, 1e-3
# After so many rounds of cuts without a better bound, whole places are asked for.
IN_VAIN = 4
FOR_CLEANING = 0.25


@dataclass(slots=True)
class Master:
    """The cheapest hiding under what is known: `rows` are cuts and rules, as the solver takes them."""

    problem: Problem
    until: float
    rows: list[Row] = field(default_factory=list)
    known: set[Cut] = field(default_factory=set)

    def add(self, cuts: Iterable[Cut]) -> int:
        """How many of them say something new."""
        fresh = [cut for cut in dict.fromkeys(cuts) if cut not in self.known]
        self.known.update(fresh)
        self.rows += [(1.0, NEVER, [at for at, _ in cut.terms], [factor for _, factor in cut.terms]) for cut in fresh]
        return len(fresh)

    def cheapest(self, cost: Numbers, *, whole: bool, best: Flags | None = None) -> tuple[Numbers, int]:
        """The share of each place, 0 or 1 if `whole`, and what every hiding costs at least. `best`: a safe one."""
        # The aim is a sum of whole numbers: a gap below one is none.
        solver = a_solver(
            mip_rel_gap=0.0, mip_abs_gap=1 - ROUGH, mip_feasibility_tolerance=FINE, primal_feasibility_tolerance=FINE
        )
        # What costs more by itself than a whole safe answer is in none that is better.
        most = np.inf if best is None else float(cost[best].sum())
        high = np.where(self.problem.free & (cost <= most), 1.0, 0.0)
        solver.passModel(a_model(cost, np.zeros(len(cost)), high, as_rows(self.rows), whole=whole))
        if whole and best is not None:
            start = highspy.HighsSolution()
            start.col_value = list(np.where(self.problem.free & best, 1.0, 0.0))
            solver.setSolution(start)
        if run(solver, self.until) != STATUS.kOptimal:
            raise OutOfTime
        info = solver.getInfo()
        least = info.mip_dual_bound if whole else info.objective_function_value
        return np.array(solver.getSolution().col_value), ceil(least - ROUGH)


@dataclass(slots=True)
class Search:
    """`best`: the best safe answer so far. `bound`: how many values the free places of every safe answer hold."""

    problem: Problem
    until: float
    best: Flags | None = None
    bound: int = 0
    master: Master = field(init=False)
    attacker: Attacker = field(init=False)
    separator: Separator = field(init=False)

    def __post_init__(self) -> None:
        # The rest is kept for making the best answer smaller, should the time be over before it is proven.
        soon = self.until - (self.until - monotonic()) * FOR_CLEANING
        self.master = Master(self.problem, soon)
        self.attacker = Attacker(self.problem.net, soon)
        self.separator = Separator(self.problem, soon)

    def run(self) -> bool:
        """Whether the answer in `best` is proven to be the best."""
        problem = self.problem
        fewest = np.where(problem.free, problem.weight, 0).astype(float)
        smallest = np.where(problem.free, problem.weight * problem.truth, 0).astype(float)
        try:
            self.master.add(cuts_of_rows(problem))
            self.master.rows += [
                (0.0, NEVER, [at, *others], [-1.0, *(1.0 for _ in others)]) for at, others in bridges(problem)
            ]
            best = self._solve(fewest, count=True)
            places = np.flatnonzero(problem.free)
            most = float(fewest[best].sum())
            self.master.rows.append((0.0, most, [int(at) for at in places], [float(fewest[at]) for at in places]))
            self._solve(smallest, count=False)
        except OutOfTime:
            # To hide everything is safe: the problem would not have been posed else.
            everything = problem.must | problem.free
            self.best = Cleaner(problem, self.until).clean(everything if self.best is None else self.best)
            return False
        return True

    def _solve(self, cost: Numbers, *, count: bool) -> Flags:
        share = self._in_shares(cost, count=count)
        if self.best is None:
            self._keep(self._repaired(share > 0.5))
        while True:
            share, bound = self.master.cheapest(cost, whole=True, best=self.best)
            self.bound = max(self.bound, bound) if count else self.bound
            if self.best is not None and cost[self.best].sum() <= bound:
                return self.best
            hidden: Flags = self.problem.must | (share > 0.5)
            unmet = self._unmet(hidden)
            if not unmet:
                self.best = hidden
                return hidden
            self.master.add(self._reasons(hidden, unmet))
            self._keep(self._repaired(hidden))

    def _in_shares(self, cost: Numbers, *, count: bool) -> Numbers:
        """Cuts until shares of places break none, or until they do not help any more; the shares then."""
        bounds: list[int] = []
        while True:
            share, bound = self.master.cheapest(cost, whole=False, best=self.best)
            bounds.append(bound)
            self.bound = max(self.bound, bound) if count else self.bound
            self.separator.look_at(share)
            left = self.separator.attacker.left_together(self.problem.needs, whole=False)
            more = self.master.add(cut for need in left if (cut := self.separator.broken(need)))
            if not more or bounds[-IN_VAIN:] == [bound] * IN_VAIN:
                return share

    def _unmet(self, hidden: Flags) -> list[Need]:
        self.attacker.know(*self.problem.known(hidden))
        return self.attacker.unmet(self.problem.needs)

    def _repaired(self, chosen: Flags) -> Flags:
        return Greedy(self.problem, self.until).hidden(self.problem.must | (self.problem.free & chosen))

    def _keep(self, hidden: Flags) -> None:
        if self.best is None or self._how_good(hidden) < self._how_good(self.best):
            self.best = hidden

    def _how_good(self, hidden: Flags) -> tuple[int, int]:
        weight = self.problem.weight[hidden]
        return int(weight.sum()), int((weight * self.problem.truth[hidden]).sum())

    # Why an answer fails -----------------------------------------------------------------------------------

    def _reasons(self, hidden: Flags, unmet: Sequence[Need]) -> list[Cut]:
        """Cuts that this hiding breaks: all that the linear program knows, or one that is found by trying."""
        self.separator.look_at(as_share(hidden))
        whole = np.where(hidden, 1.0, 0.0)
        cuts = (self.separator.broken(need) for need in unmet)
        found = [cut for cut in cuts if cut is not None and cut.reached(whole) < 1]
        return found or [self._missing(hidden, unmet[0])]

    def _missing(self, hidden: Flags, need: Need) -> Cut:
        """Where shares say nothing: hide as much more as still does not help; some of the rest must be hidden."""
        much = hidden.copy()
        parts = [np.flatnonzero(self.problem.free & ~hidden)]
        while parts:
            part = parts.pop()
            more = much.copy()
            more[part] = True
            self.attacker.know(*self.problem.known(more))
            if self.attacker.witness(need) is None:
                much = more
            elif len(part) > 1:
                parts += [part[len(part) // 2 :], part[: len(part) // 2]]
        return Cut(tuple((int(at), 1.0) for at in np.flatnonzero(self.problem.free & ~much)))
