"""Which further values to hide: the fewest, then the smallest, so that nobody can work out a small one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reporting.disclosure_attack import NEARLY, Attacker, Need
from reporting.disclosure_problem import Flags, Problem
from reporting.disclosure_solver import STATUS, Numbers, OutOfTime, Places, a_model, a_solver, as_rows, run


@dataclass(frozen=True, slots=True)
class Hiding:
    """`hidden`: the places. `optimal`: nothing better exists. `bound`: every safe answer hides so many values."""

    hidden: Flags
    optimal: bool
    bound: int


def hide(problem: Problem, until: float) -> Hiding:
    """OutOfTime where no safe answer was found."""
    if not problem.needs:
        return Hiding(problem.must.copy(), optimal=True, bound=int(problem.weight[problem.must].sum()))
    hidden = Cleaner(problem, until).clean(Greedy(problem, until).hidden())
    return Hiding(hidden, optimal=False, bound=int(problem.weight[problem.must].sum()))


class Greedy:
    """One need after the other: the cheapest way to let the cell move, which then costs the next ones nothing."""

    def __init__(self, problem: Problem, until: float) -> None:
        self.problem, self.until = problem, until
        self.attacker = Attacker(problem.net, until)

    def hidden(self, start: Flags | None = None) -> Flags:
        problem = self.problem
        hidden = problem.must.copy() if start is None else start.copy()
        self.attacker.know(*problem.known(hidden))
        for need in sorted(problem.needs, key=lambda need: -abs(need.level - int(problem.truth[need.at]))):
            if self.attacker.witness(need) is None:
                hidden |= self._path(need, hidden)
                self.attacker.know(*problem.known(hidden))
                if self.attacker.witness(need) is None:
                    return problem.must | problem.free
        return hidden

    def _path(self, need: Need, hidden: Flags) -> Flags:
        """The places that move when the cell goes to its level as cheaply as can be."""
        problem, size = self.problem, self.problem.net.size
        open_to = hidden | problem.free
        low, high, _ = problem.known(open_to)
        up, down = high - problem.truth, problem.truth - low
        cost = np.where(
            problem.free & ~hidden, problem.weight * (1.0 + problem.truth / (1.0 + problem.truth.max())), 1e-4
        )
        reach = float(need.level - problem.truth[need.at])
        least_up, least_down = np.zeros(size), np.zeros(size)
        if need.up:
            least_up[need.at], down[need.at] = max(reach, 0.0), 0.0
        else:
            least_down[need.at], up[need.at] = max(-reach, 0.0), 0.0
        rows = problem.net.rows
        both = as_rows([
            (rows.low[row] - self._now[row], rows.high[row] - self._now[row],
             [*self._columns[row], *(self._columns[row] + size)], [*self._values[row], *(-self._values[row])])
            for row in range(len(rows.low))
        ])  # fmt: skip
        solver = a_solver()
        solver.passModel(
            a_model(
                np.concatenate([cost, cost]), np.concatenate([least_up, least_down]), np.concatenate([up, down]), both
            )
        )
        if run(solver, self.until) != STATUS.kOptimal:
            raise OutOfTime
        values = np.array(solver.getSolution().col_value)
        moved = problem.truth + values[:size] - values[size:]
        outside = (moved > problem.shown_high + NEARLY) | (moved < problem.shown_low - NEARLY)
        found_now: Flags = outside & problem.free
        return found_now

    @property
    def _columns(self) -> list[Places]:
        rows = self.problem.net.rows
        return np.split(rows.column, rows.start[1:-1])

    @property
    def _values(self) -> list[Numbers]:
        rows = self.problem.net.rows
        return np.split(rows.value, rows.start[1:-1])

    @property
    def _now(self) -> Numbers:
        net = self.problem.net
        factors = net.rows.value * self.problem.truth[net.rows.column]
        return np.bincount(net.row_of, factors, minlength=len(net.equal)).astype(float)


class Cleaner:
    """Shows again what need not be hidden, the largest first."""

    def __init__(self, problem: Problem, until: float) -> None:
        self.problem = problem
        self.attacker = Attacker(problem.net, until)

    def clean(self, hidden: Flags) -> Flags:
        problem, hidden = self.problem, hidden.copy()
        self.attacker.know(*problem.known(hidden))
        proof = {need: self.attacker.witness(need) for need in problem.needs}
        if any(found is None for found in proof.values()):
            raise OutOfTime
        order = sorted(
            np.flatnonzero(hidden & problem.free), key=lambda at: (-problem.weight[at], -problem.truth[at], at)
        )
        for at in order:
            fewer = hidden.copy()
            fewer[at] = False
            self.attacker.know(*problem.known(fewer))
            low, high = problem.shown_low[at], problem.shown_high[at]
            now = {
                need: found
                if found is not None and low <= found[at] <= high and self.attacker.has_company(found, need)
                else self.attacker.witness(need)
                for need, found in proof.items()
            }
            if all(found is not None for found in now.values()):
                hidden, proof = fewer, now
        return hidden
