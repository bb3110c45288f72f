"""The audit's own linear programs: proposes whole numbers, and takes them only when they fit exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import highspy
import numpy as np
from numpy.typing import NDArray

Row = tuple[bool, dict[int, int]]
Counts = NDArray[np.int64]


class NotProven(RuntimeError):
    """The solver gave no answer that could be trusted in time."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Column `at` can be `level` or less, or `level` or more if `up`; with `company`, while another of the numbers
    that are hidden now is at least 1 and below `company`."""

    at: int
    up: bool
    level: int
    company: int = 0


class Prover:
    """Whole numbers between `low` and `high` under `rows`. `hidden`: the columns that are company."""

    def __init__(
        self, rows: Sequence[Row], low: Sequence[float], high: Sequence[float], hidden: Sequence[int], until: float
    ) -> None:
        self.rows, self.hidden, self.until = rows, sorted(hidden), until
        self.low, self.high = np.array(low, dtype=float), np.array(high, dtype=float)
        self._found: list[Counts] = []
        self._matrix = _matrix(rows)
        self._solver = self._load(whole=False)

    def holds(self, claim: Claim) -> bool:
        """Whether whole numbers exist that show it."""
        if any(self._shows(counts, claim) for counts in self._found):
            return True
        counts = self._search(claim)
        if counts is not None and self._shows(counts, claim):
            return True
        return bool(counts is not None and claim.company and self._with_company(claim))

    def least(self, at: int) -> int:
        """The smallest whole number that the column can be."""
        solver = self._load(whole=True)
        solver.changeColCost(at, 1.0)
        counts = self._run(solver)
        if counts is None or not self._fits(counts):
            raise NotProven("no smallest number was found")
        return int(counts[at])

    def _shows(self, counts: Counts, claim: Claim) -> bool:
        value = counts[claim.at]
        if value < claim.level if claim.up else value > claim.level:
            return False
        others = counts[self.hidden]
        return not claim.company or bool(np.any((others >= 1) & (others < claim.company)))

    def _with_company(self, claim: Claim) -> bool:
        """Hold the cell at its level, and make each of the others as small as it can be."""
        at, low = claim.at, self.low[claim.at]
        self._solver.changeColBounds(at, max(low, claim.level), self.high[at])
        try:
            for other in self.hidden:
                if other != at and any(
                    self._shows(found, claim) for found in (self._pull(other, 1.0),) if found is not None
                ):
                    return True
        finally:
            self._solver.changeColBounds(at, low, self.high[at])
        return False

    def _search(self, claim: Claim) -> Counts | None:
        at, low, high = claim.at, self.low[claim.at], self.high[claim.at]
        if high < claim.level if claim.up else low > claim.level:
            return None
        bounds = (max(low, claim.level), high) if claim.up else (low, min(high, claim.level))
        self._solver.changeColBounds(at, *bounds)
        try:
            return self._pull(at, 0.0)
        finally:
            self._solver.changeColBounds(at, low, high)

    def _pull(self, at: int, cost: float) -> Counts | None:
        """Whole numbers within the bounds as they stand, small at `at` where it costs."""
        self._solver.changeColCost(at, cost)
        counts = self._run(self._solver)
        if counts is not None and not self._fits(counts):
            counts = self._whole(at, cost)
        self._solver.changeColCost(at, 0.0)
        if counts is not None:
            self._found.append(counts)
        return counts

    def _whole(self, at: int, cost: float) -> Counts | None:
        solver, lp = self._load(whole=True), self._solver.getLp()
        columns = np.arange(len(self.low), dtype=np.int32)
        solver.changeColsBounds(len(columns), columns, np.array(lp.col_lower_), np.array(lp.col_upper_))
        solver.changeColCost(at, cost)
        counts = self._run(solver)
        return counts if counts is not None and self._fits(counts) else None

    def _fits(self, counts: Counts) -> bool:
        """In whole numbers, without any tolerance."""
        if np.any(counts < self.low) or np.any(counts > self.high):
            return False
        values = counts.tolist()
        for is_sum, terms in self.rows:
            total = sum(factor * values[at] for at, factor in terms.items())
            if total != 0 if is_sum else total > 0:
                return False
        return True

    def _run(self, solver: highspy.Highs) -> Counts | None:
        left = self.until - monotonic()
        if left <= 0:
            raise NotProven("the time was over")
        solver.setOptionValue("time_limit", solver.getRunTime() + left)
        solver.run()
        status = solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise NotProven(f"the solver ended with {solver.modelStatusToString(status)}")
        counts: Counts = np.rint(np.array(solver.getSolution().col_value)).astype(np.int64)
        return counts

    def _load(self, *, whole: bool) -> highspy.Highs:
        solver = _Silent()  # type: ignore[no-untyped-call]
        for name, value in (("threads", 1), ("random_seed", 0), ("presolve", "on" if whole else "off")):
            solver.setOptionValue(name, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.low), len(self.rows)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(len(self.low)), self.low, self.high
        lp.row_lower_ = np.array([0.0 if is_sum else -highspy.kHighsInf for is_sum, _ in self.rows])
        lp.row_upper_ = np.zeros(len(self.rows))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = self._matrix
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * len(self.low)
        solver.passModel(lp)
        return solver


class _Silent(highspy.Highs):
    """The solver, which else greets on standard output when it is made: there a command's answer stands."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the library's name
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _matrix(rows: Sequence[Row]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    start = np.cumsum([0, *(len(terms) for _, terms in rows)]).astype(np.int32)
    columns = np.array([at for _, terms in rows for at in terms], dtype=np.int32)
    values = np.array([float(factor) for _, terms in rows for factor in terms.values()])
    return start, columns, values
