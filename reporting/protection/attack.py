"""What somebody can work out who knows everything that is published: the smallest and largest a cell can be.

The attacker of the search: a linear program over all cells that stays in memory, in which showing and hiding a cell
is a change of its bounds. An answer counts only as whole numbers that fit exactly. When a cell cannot reach what it
must, the program's dual values say which cells to hide: at least so many of them, in every safe answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from reporting.protection.solver import NEVER, STATUS, Numbers, Rows, a_model, a_solver, as_rows, run

Counts = NDArray[np.int64]
# What is still the same number after arithmetic with fractions.
NEARLY = 1e-6
# So few are sooner tried one by one.
FEW = 3
# How many proofs are kept for the next time that something else is known.
MOST_SEEN = 300


@dataclass(frozen=True, slots=True)
class Need:
    """What an attacker must hold for possible: cell `at` as small as `level`, or as large if `up`.

    `company`: then some other of the cells that are hidden now must be small (below `small`), as one always is.
    """

    at: int
    up: bool
    level: int
    company: int = 0


@dataclass(frozen=True, slots=True)
class Net:
    """The relations of the cells as a matrix; `equal` says which rows are sums, the others are at most 0."""

    size: int
    rows: Rows
    equal: NDArray[np.bool_]
    row_of: Counts
    whole_value: Counts


def a_net(size: int, relations: Sequence[tuple[Sequence[tuple[int, int]], bool]]) -> Net:
    rows = as_rows([
        (0.0 if equal else -NEVER, 0.0, [at for at, _ in terms], [float(factor) for _, factor in terms])
        for terms, equal in relations
    ])  # fmt: skip
    return Net(
        size, rows, np.array([equal for _, equal in relations], dtype=bool),
        np.repeat(np.arange(len(relations)), np.diff(rows.start)), rows.value.astype(np.int64),
    )  # fmt: skip


def fits(net: Net, counts: Counts) -> bool:
    """Whether whole numbers keep every relation, exactly."""
    if not len(net.equal):
        return True
    sums = np.zeros(len(net.equal), dtype=np.int64)
    np.add.at(sums, net.row_of, net.whole_value * counts[net.rows.column])
    return bool(np.all(np.where(net.equal, sums == 0, sums <= 0)))


def _reaches(counts: Counts, need: Need) -> bool:
    return bool(counts[need.at] >= need.level if need.up else counts[need.at] <= need.level)


def _nearly(values: Numbers, need: Need) -> bool:
    beyond = values[need.at] - need.level
    return bool(beyond >= -NEARLY if need.up else beyond <= NEARLY)


class Attacker:
    """Knows `low` and `high` of every cell. Set them with `know`, then ask."""

    def __init__(self, net: Net, until: float) -> None:
        self.net, self.until = net, until
        self.low = np.zeros(net.size)
        self.high = np.full(net.size, NEVER)
        self._columns = np.arange(net.size, dtype=np.int32)
        self._solver = a_solver(presolve="off", solver="simplex")
        self._solver.passModel(a_model(np.zeros(net.size), self.low, self.high, net.rows))
        self._aim: int | None = None
        self._hidden: Counts = np.zeros(0, dtype=np.int64)
        self._seen: list[Counts] = []
        self._fitting: list[Counts] = []

    def know(self, low: Numbers, high: Numbers, hidden: Sequence[int] | Counts = ()) -> None:
        """`hidden`: the places that are company to each other."""
        self._hidden = np.array(hidden, dtype=np.int64)
        self._fitting = [one for one in self._seen if np.all(one >= low) and np.all(one <= high)]
        self.low, self.high = low.astype(float), high.astype(float)
        self._solver.changeColsBounds(len(low), self._columns, self.low, self.high)

    def _look(self, need: Need) -> highspy.HighsModelStatus:
        """Pull the cell towards its level and no further."""
        solver, at = self._solver, need.at
        self._forget_aim()
        self._aim = at
        solver.changeColCost(at, -1.0 if need.up else 1.0)
        low, high = self.low[at], self.high[at]
        least = low if need.up else max(low, min(need.level, high))
        most = min(high, max(need.level, low)) if need.up else high
        solver.changeColBounds(at, least, most)
        status = run(solver, self.until)
        found = solver.getSolution()
        self.values, self._duals = np.array(found.col_value), np.array(found.row_dual)
        solver.changeColBounds(at, low, high)
        return status

    def _forget_aim(self) -> None:
        if self._aim is not None:
            self._solver.changeColCost(self._aim, 0.0)
            self._aim = None

    def _bounds_allow(self, need: Need) -> bool:
        at = need.at
        return bool(self.high[at] >= need.level if need.up else self.low[at] <= need.level)

    def witness(self, need: Need) -> Counts | None:
        """Whole numbers that fit everything known, with the cell at its level or beyond; None where there are none."""
        for seen in self._fitting:
            if _reaches(seen, need) and self.has_company(seen, need):
                return seen
        if not self._bounds_allow(need) or self._look(need) != STATUS.kOptimal or not _nearly(self.values, need):
            return None
        counts = np.rint(self.values).astype(np.int64)
        found = counts if self._is_possible(counts, need) else self._in_whole_numbers(need)
        if found is None:
            return None
        self._remember(found)
        return found if self.has_company(found, need) else self._with_company(need)

    def unmet(self, needs: Sequence[Need]) -> list[Need]:
        """Those of the needs that nothing shows to be possible. Many are met at once before each is tried alone."""
        left = [need for need in needs if not self._seen_for(need)]
        return [need for need in self.left_together(left) if self.witness(need) is None]

    def _seen_for(self, need: Need) -> bool:
        return any(_reaches(seen, need) and self.has_company(seen, need) for seen in self._fitting)

    def left_together(self, needs: Sequence[Need], *, whole: bool = True) -> list[Need]:
        """Pull many cells at once, and again those that did not get there: the needs that are left."""
        left = list(needs)
        for up in (True, False):
            rest = len(left) + 1
            while len(group := [need for need in left if need.up == up]) > FEW and len(left) < rest:
                rest = len(left)
                found = self._pull_together(group)
                if found is None:
                    break
                counts = np.rint(found).astype(np.int64)
                if whole and not self._fits_everything(counts):
                    break
                if whole:
                    self._remember(counts)
                met = {need for need in group if _nearly(found, need) and (not whole or self.has_company(counts, need))}
                left = [need for need in left if need not in met]
        return left

    def _pull_together(self, group: Sequence[Need]) -> Numbers | None:
        """Numbers as near to all of these needs at once as one table can be; None where the solver finds none."""
        solver = self._solver
        self._forget_aim()
        columns = np.array([need.at for need in group], dtype=np.int32)
        cost = np.array([-1.0 if need.up else 1.0 for need in group])
        low, high = self.low[columns], self.high[columns]
        levels = np.array([float(need.level) for need in group])
        up = cost < 0
        solver.changeColsCost(len(columns), columns, cost)
        solver.changeColsBounds(
            len(columns), columns, np.where(up, low, np.maximum(low, np.minimum(levels, high))),
            np.where(up, np.minimum(high, np.maximum(levels, low)), high),
        )  # fmt: skip
        status = run(solver, self.until)
        values = np.array(solver.getSolution().col_value)
        solver.changeColsCost(len(columns), columns, np.zeros(len(columns)))
        solver.changeColsBounds(len(columns), columns, low, high)
        return values if status == STATUS.kOptimal else None

    def _remember(self, counts: Counts) -> None:
        self._seen = [*self._seen[-MOST_SEEN:], counts]
        self._fitting.append(counts)

    def _fits_everything(self, counts: Counts) -> bool:
        return bool(np.all(counts >= self.low) and np.all(counts <= self.high)) and fits(self.net, counts)

    def _is_possible(self, counts: Counts, need: Need) -> bool:
        return _reaches(counts, need) and self._fits_everything(counts)

    def has_company(self, counts: Counts, need: Need) -> bool:
        others = counts[self._hidden]
        return not need.company or bool(np.any((others >= 1) & (others < need.company)))

    def _with_company(self, need: Need) -> Counts | None:
        """Hold the cell at its level and make the others small, one after the other, until one is."""
        low, fitting = self.low[need.at], self._fitting
        self.low[need.at] = max(low, need.level)
        self._fitting = [one for one in fitting if _reaches(one, need)]
        self._solver.changeColBounds(need.at, self.low[need.at], self.high[need.at])
        try:
            for other in self._hidden:
                if other != need.at:
                    found = self.witness(Need(int(other), up=False, level=need.company - 1))
                    if found is not None:
                        return found
            return None
        finally:
            self.low[need.at], self._fitting = low, fitting
            self._solver.changeColBounds(need.at, low, self.high[need.at])

    def _in_whole_numbers(self, need: Need) -> Counts | None:
        low, high = self.low.copy(), self.high.copy()
        if need.up:
            low[need.at] = max(low[need.at], need.level)
        else:
            high[need.at] = min(high[need.at], need.level)
        return whole_numbers(self.net, low, high, self.until)

    def pull(self, need: Need) -> Numbers | None:
        """Why the cell gets no further, after going towards its level: by how much one more of each cell would move
        it on, at most. None where it gets there."""
        if self._look(need) != STATUS.kOptimal or _nearly(self.values, need):
            return None
        duals = np.where(self.net.equal, self._duals, np.minimum(self._duals, 0.0))
        moved = np.bincount(self.net.rows.column, self.net.rows.value * duals[self.net.row_of], minlength=self.net.size)
        moved[need.at] += 1.0 if need.up else -1.0
        near = np.rint(moved)
        return np.where(np.abs(moved - near) < NEARLY, near, moved)


def whole_numbers(net: Net, low: Numbers, high: Numbers, until: float, cost: Numbers | None = None) -> Counts | None:
    """Whole numbers within the bounds that keep every relation, cheapest by `cost`; None where there are none."""
    solver = a_solver(mip_rel_gap=0.0)
    cost = np.zeros(net.size) if cost is None else cost
    solver.passModel(a_model(cost, low, high, net.rows, whole=True))
    if run(solver, until) != STATUS.kOptimal:
        return None
    counts = np.rint(np.array(solver.getSolution().col_value)).astype(np.int64)
    within = np.all(counts >= low) and np.all(counts <= high)
    return counts if within and fits(net, counts) else None
