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

from reporting.disclosure_solver import NEVER, STATUS, Numbers, Rows, a_model, a_solver, as_rows, run

Counts = NDArray[np.int64]
# What is still the same number after arithmetic with fractions.
NEARLY = 1e-6


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

    def know(self, low: Numbers, high: Numbers, hidden: Sequence[int] | Counts = ()) -> None:
        """`hidden`: the places that are company to each other."""
        self._hidden = np.array(hidden, dtype=np.int64)
        self.low, self.high = low.astype(float), high.astype(float)
        self._solver.changeColsBounds(len(low), self._columns, self.low, self.high)

    def _look(self, need: Need) -> highspy.HighsModelStatus:
        """Pull the cell towards its level and no further."""
        solver, at = self._solver, need.at
        if self._aim is not None:
            solver.changeColCost(self._aim, 0.0)
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

    def _bounds_allow(self, need: Need) -> bool:
        at = need.at
        return bool(self.high[at] >= need.level if need.up else self.low[at] <= need.level)

    def witness(self, need: Need) -> Counts | None:
        """Whole numbers that fit everything known, with the cell at its level or beyond; None where there are none."""
        if not self._bounds_allow(need) or self._look(need) != STATUS.kOptimal:
            return None
        reached = self.values[need.at] - need.level
        if reached < -NEARLY if need.up else reached > NEARLY:
            return None
        counts = np.rint(self.values).astype(np.int64)
        found = counts if self._is_possible(counts, need) else self._in_whole_numbers(need)
        return found if found is None or self.has_company(found, need) else self._with_company(need)

    def _is_possible(self, counts: Counts, need: Need) -> bool:
        there = counts[need.at] >= need.level if need.up else counts[need.at] <= need.level
        return bool(there and np.all(counts >= self.low) and np.all(counts <= self.high)) and fits(self.net, counts)

    def has_company(self, counts: Counts, need: Need) -> bool:
        others = counts[self._hidden]
        return not need.company or bool(np.any((others >= 1) & (others < need.company)))

    def _with_company(self, need: Need) -> Counts | None:
        """Hold the cell at its level and make the others small, one after the other, until one is."""
        low = self.low[need.at]
        self.low[need.at] = max(low, need.level)
        self._solver.changeColBounds(need.at, self.low[need.at], self.high[need.at])
        try:
            for other in self._hidden:
                if other != need.at:
                    found = self.witness(Need(int(other), up=False, level=need.company - 1))
                    if found is not None:
                        return found
            return None
        finally:
            self.low[need.at] = low
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
        if self._look(need) != STATUS.kOptimal:
            return None
        reached = self.values[need.at] - need.level
        if reached >= -NEARLY if need.up else reached <= NEARLY:
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
