"""The one place where hiding talks to the solver (HiGHS): linear programs that stay in memory, and whole numbers.

Always one thread: with different numbers of threads in one process runs end as "Not Set". Every status is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic

import highspy
import numpy as np
from numpy.typing import NDArray

THREADS = 1
SEED = 0
STATUS = highspy.HighsModelStatus
Numbers = NDArray[np.float64]
Places = NDArray[np.int32]


class SolverError(RuntimeError):
    """The solver ended in a way that proves nothing."""


class OutOfTime(RuntimeError):
    """The time was over before there was an answer."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as the solver takes them: `start`, `column` and `value` by row."""

    low: Numbers
    high: Numbers
    start: Places
    column: Places
    value: Numbers


def as_rows(rows: Sequence[tuple[float, float, Sequence[int], Sequence[float]]]) -> Rows:
    lengths = [0, *(len(row[2]) for row in rows)]
    return Rows(
        np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows], dtype=float),
        np.cumsum(lengths).astype(np.int32),
        np.array([column for row in rows for column in row[2]], dtype=np.int32),
        np.array([value for row in rows for value in row[3]], dtype=float),
    )  # fmt: skip


class _Quiet(highspy.Highs):
    """The solver, which else greets on standard output when it is made: there a command's answer stands."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the library's name
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def a_solver(**options: float | str | bool) -> highspy.Highs:
    solver = _Quiet()  # type: ignore[no-untyped-call]
    for name, value in {"threads": THREADS, "random_seed": SEED, **options}.items():
        if solver.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverError(f"the solver does not take {name}")
    return solver


def a_model(
    cost: Numbers, low: Numbers, high: Numbers, rows: Rows, *, whole: bool = False, most: bool = False
) -> highspy.HighsLp:
    """Columns with their bounds under `rows`; the largest sum of `cost` if `most`, else the smallest."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows.low)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, low, high
    lp.row_lower_, lp.row_upper_ = rows.low, rows.high
    lp.sense_ = highspy.ObjSense.kMaximize if most else highspy.ObjSense.kMinimize
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = rows.start, rows.column, rows.value
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(cost)
    return lp


def run(solver: highspy.Highs, until: float) -> highspy.HighsModelStatus:
    """The status of a run that proved something; OutOfTime, or SolverError for any other."""
    # The solver's own clock adds up over the runs of one model.
    left = until - monotonic()
    if left <= 0:
        raise OutOfTime
    solver.setOptionValue("time_limit", solver.getRunTime() + left)
    solver.run()
    status = solver.getModelStatus()
    if status == STATUS.kTimeLimit:
        raise OutOfTime
    if status not in (STATUS.kOptimal, STATUS.kInfeasible, STATUS.kUnbounded, STATUS.kUnboundedOrInfeasible):
        raise SolverError(f"the solver ended with {solver.modelStatusToString(status)}")
    return status


NEVER = inf
