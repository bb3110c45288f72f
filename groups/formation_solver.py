"""The one place that talks to the solver (HiGHS): a model and an aim in, values and a proven bound out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import floor

import highspy
import numpy as np

from groups.formation_model import NEVER, Model

# One solver thread, always: with another number the answers differ from run to run, and some runs never end.
THREADS = 1
SEED = 0
# What is still a whole number after arithmetic with fractions.
NEARLY = 1e-6
WHOLE = 1e-4
# Even at the end of the time an answer that was found is put in order.
LEAST_SECONDS = 2.0
STATUS = highspy.HighsModelStatus
PROVEN = frozenset({STATUS.kOptimal})
STOPPED = frozenset(
    {STATUS.kObjectiveTarget, STATUS.kTimeLimit, STATUS.kSolutionLimit, STATUS.kInterrupt, STATUS.kIterationLimit}
)
Row = tuple[float, float, dict[int, float]]


class SolverError(RuntimeError):
    """The solver ended in a way that proves nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """`values` None: nothing was found. `bound`: no answer is larger. `ended`: the search was carried to its end."""

    values: tuple[float, ...] | None
    bound: int | None
    ended: bool

    @property
    def impossible(self) -> bool:
        return self.ended and self.values is None


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search: until a moment of the monotonic clock, and at most so many nodes of the tree."""

    until: float
    nodes: int | None = None
    stop: Callable[[], bool] | None = None

    @property
    def seconds(self) -> float:
        return max(0.0, self.until - time.monotonic())


def maximise(
    model: Model, aim: Mapping[int, float], effort: Effort, *, rows: Iterable[Row] = (),
    fixed: Mapping[int, float] | None = None, start: Mapping[int, float] | None = None, enough: float | None = None,
) -> Found:  # fmt: skip
    """The largest sum of `aim` (column → whole number) under the model, further `rows` and `fixed` columns.

    `start`: columns of an answer that is known already; those that are not named are zero. `enough`: less than this
    is no answer, and the first that reaches it will do. `rows` must be sums of people, so that whole numbers of
    groups leave a flow.
    """
    if effort.seconds <= 0:
        return Found(None, None, ended=False)
    solver, rows = _solver(effort), list(rows)
    if enough is None or not aim:
        solver.passModel(_as_highs(model, aim, rows, fixed or {}))
    else:
        solver.passModel(_as_highs(model, aim, [*rows, (enough, NEVER, dict(aim))], fixed or {}))
        solver.setOptionValue("objective_target", enough)
    if start is not None:
        _start_from(solver, model, start)
    solver.run()
    found = _read(solver, model)
    if found.values is None or all(_is_whole(value) for value in found.values):
        return found
    return replace(found, values=_nobody_in_parts(model, aim, effort, rows, found.values))


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < WHOLE


def _nobody_in_parts(
    model: Model, aim: Mapping[int, float], effort: Effort, rows: list[Row], values: tuple[float, ...]
) -> tuple[float, ...]:
    """The same groups, with nobody partly in one and partly in another: at a corner of a flow all is whole."""
    settled = {column: float(round(values[column])) for column, whole in enumerate(model.whole) if whole}
    solver = _solver(replace(effort, until=max(effort.until, time.monotonic() + LEAST_SECONDS)))
    lp = _as_highs(model, aim, rows, settled)
    lp.integrality_ = []
    solver.setOptionValue("solver", "simplex")
    solver.passModel(lp)
    solver.run()
    found = _read(solver, model)
    if found.values is None:
        raise SolverError("the solver's groups hold nobody")
    return found.values


def relaxed_bound(model: Model, aim: Mapping[int, float], effort: Effort) -> Found:
    """The same where parts of people count: quick, and never below what whole people can reach."""
    solver = _solver(effort)
    lp = _as_highs(model, aim, [], {})
    lp.integrality_ = []
    solver.passModel(lp)
    solver.run()
    return _read(solver, model)


class _Quiet(highspy.Highs):
    """The solver, which else greets on standard output when it is made: there a command's answer stands."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the library's name
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _solver(effort: Effort) -> highspy.Highs:
    solver = _Quiet()  # type: ignore[no-untyped-call]
    options = {
        "threads": THREADS, "random_seed": SEED, "time_limit": effort.seconds,
        # Every aim is a sum of whole numbers: a gap below one is none.
        "mip_rel_gap": 0.0, "mip_abs_gap": 1 - 1e-4,
    } | ({} if effort.nodes is None else {"mip_max_nodes": effort.nodes})  # fmt: skip
    for name, value in options.items():
        if solver.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverError(f"the solver does not take {name}")
    if effort.stop is not None:
        stop = effort.stop
        solver.cbMipInterrupt.subscribe(lambda event: event.interrupt() if stop() else None)
    return solver


def _as_highs(model: Model, aim: Mapping[int, float], rows: list[Row], fixed: Mapping[int, float]) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    count = len(model.upper)
    cost = np.zeros(count)
    cost[list(aim)] = list(aim.values())
    lower, upper = np.array(model.lower, dtype=float), np.array(model.upper, dtype=float)
    for column, value in fixed.items():
        lower[column] = upper[column] = value
    every = [*model.rows, *((least, most, list(terms), list(terms.values())) for least, most, terms in rows)]
    lp.num_col_, lp.num_row_ = count, len(every)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, lower, upper
    lp.row_lower_ = np.array([-highspy.kHighsInf if row[0] == -NEVER else row[0] for row in every])
    lp.row_upper_ = np.array([highspy.kHighsInf if row[1] == NEVER else row[1] for row in every])
    lp.sense_ = highspy.ObjSense.kMaximize
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[whole] for whole in model.whole]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(row[2]) for row in every])]).astype(np.int32)
    lp.a_matrix_.index_ = np.array([column for row in every for column in row[2]], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([value for row in every for value in row[3]], dtype=float)
    return lp


def _start_from(solver: highspy.Highs, model: Model, start: Mapping[int, float]) -> None:
    values = np.zeros(len(model.upper))
    values[list(start)] = list(start.values())
    solution = highspy.HighsSolution()
    solution.col_value = list(values)
    solver.setSolution(solution)


def _read(solver: highspy.Highs, model: Model) -> Found:
    status, info = solver.getModelStatus(), solver.getInfo()
    if status in (STATUS.kInfeasible, STATUS.kUnboundedOrInfeasible):
        return Found(None, None, ended=True)
    if status not in PROVEN | STOPPED:
        raise SolverError(f"the solver ended with {solver.modelStatusToString(status)}")
    values = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        values = tuple(solver.getSolution().col_value)
    return Found(values, _bound(solver, status), ended=status in PROVEN)


def _bound(solver: highspy.Highs, status: highspy.HighsModelStatus) -> int | None:
    info = solver.getInfo()
    if solver.getLp().integrality_:
        bound = info.mip_dual_bound
        return floor(bound + NEARLY) if abs(bound) < highspy.kHighsInf else None
    return floor(info.objective_function_value + NEARLY) if status in PROVEN else None


def whole(value: float) -> int:
    """The whole number that a value stands for; SolverError where it is none."""
    near = round(value)
    if abs(value - near) > WHOLE:
        raise SolverError("the solver left part of a person in a group")
    return near
