"""Safe answers that need not be the best: hide what helps most, then show again what need not be hidden."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from reporting.protection.attack import NEARLY, Attacker, Need, Net
from reporting.protection.problem import Flags, Problem
from reporting.protection.solver import STATUS, Numbers, OutOfTime, Places, a_model, a_solver, as_rows, run

# What a place costs that is hidden already: enough to go no further than needed.
A_LITTLE = 1e-4


class Greedy:
    """One need after the other: the cheapest way to let the cell move, which then costs the next ones nothing."""

    def __init__(self, problem: Problem, until: float) -> None:
        self.problem, self.until = problem, until
        self.attacker = Attacker(problem.net, until)
        net, size = problem.net, problem.net.size
        low, high, _ = problem.known(problem.must | problem.free)
        self._up, self._down = high - problem.truth, problem.truth - low
        self._cost = problem.weight * (1.0 + problem.truth / (1.0 + problem.truth.max(initial=0)))
        factors = net.rows.value * problem.truth[net.rows.column]
        now = np.bincount(net.row_of, factors, minlength=len(net.equal))
        # Each place has two columns here: how far it goes up, and how far down.
        both = as_rows([
            (net.rows.low[row] - now[row], net.rows.high[row] - now[row], [*columns, *(columns + size)],
             [*values, *(-values)])
            for row, (columns, values) in enumerate(_by_row(net))
        ])  # fmt: skip
        self._solver = a_solver()
        self._solver.passModel(
            a_model(np.zeros(2 * size), np.zeros(2 * size), np.concatenate([self._up, self._down]), both)
        )

    def hidden(self, start: Flags) -> Flags:
        problem, hidden = self.problem, start.copy()
        self.attacker.know(*problem.known(hidden))
        for need in sorted(self.attacker.unmet(problem.needs), key=self._distance, reverse=True):
            if self.attacker.witness(need) is None:
                hidden |= self._way(need, hidden)
                self.attacker.know(*problem.known(hidden))
                if self.attacker.witness(need) is None:
                    return problem.must | problem.free
        return hidden

    def _distance(self, need: Need) -> int:
        return abs(need.level - int(self.problem.truth[need.at]))

    def _way(self, need: Need, hidden: Flags) -> Flags:
        """The places that move when the cell goes to its level as cheaply as can be."""
        problem, size, solver = self.problem, self.problem.net.size, self._solver
        cost = np.where(problem.free & ~hidden, self._cost, A_LITTLE)
        solver.changeColsCost(2 * size, np.arange(2 * size, dtype=np.int32), np.concatenate([cost, cost]))
        there, back = (need.at, need.at + size) if need.up else (need.at + size, need.at)
        most = [float(self._up[need.at]), float(self._down[need.at])]
        solver.changeColBounds(there, float(self._distance(need)), most[not need.up])
        solver.changeColBounds(back, 0.0, 0.0)
        status = run(solver, self.until)
        values = np.array(solver.getSolution().col_value)
        solver.changeColBounds(there, 0.0, most[not need.up])
        solver.changeColBounds(back, 0.0, most[need.up])
        if status != STATUS.kOptimal:
            raise OutOfTime
        moved = problem.truth + values[:size] - values[size:]
        outside = (moved > problem.shown_high + NEARLY) | (moved < problem.shown_low - NEARLY)
        on_the_way: Flags = outside & problem.free
        return on_the_way


def _by_row(net: Net) -> Iterator[tuple[Places, Numbers]]:
    for begin, end in pairwise(net.rows.start):
        yield net.rows.column[begin:end], net.rows.value[begin:end]


class Cleaner:
    """Shows again what need not be hidden, the largest first, as long as there is time."""

    def __init__(self, problem: Problem, until: float) -> None:
        self.problem = problem
        self.attacker = Attacker(problem.net, until)

    def clean(self, hidden: Flags) -> Flags:
        """`hidden` must be safe; what comes back is."""
        problem, hidden = self.problem, hidden.copy()
        places = np.flatnonzero(hidden & problem.free)
        try:
            for at in sorted(places, key=lambda at: (-problem.weight[at], -problem.truth[at], at)):
                fewer = hidden.copy()
                fewer[at] = False
                self.attacker.know(*problem.known(fewer))
                if not self.attacker.unmet(problem.needs):
                    hidden = fewer
        except OutOfTime:
            return hidden
        return hidden
