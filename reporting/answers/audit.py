"""Means and intervals beside counts: shown only where they tell nothing of a hidden count.

A mean of known people is one more equation over the same cells. What everybody could know is put together: how many
people said each thing before and after (published numbers, and that hidden ones are at least 1), the two means, the
change, and, from the interval, how far the changes lie apart. Linear programs over "how many went from this answer to
that one" then ask of every hidden number how small and how large it could be. Unless each could be 1 or less and T or
more, the statistics of that question stay away. What is asked depends on published numbers alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, floor, sqrt

import highspy
import numpy as np

from reporting.answers.change import t_quantile
from reporting.answers.forms import AFTER, BEFORE, named, question_of, scores
from reporting.disclosure import ALL, ProtectedTable, without_statistics

# A shown number stands for all that are rounded to it.
HALF = 0.05
NEARLY = 1e-6
OPTIMAL = highspy.HighsModelStatus.kOptimal
Row = tuple[float, float, np.ndarray]


@dataclass(frozen=True, slots=True)
class Sides:
    """What is published of one scale: `before` and `after` by score, None where hidden; `people`: of how many."""

    people: int
    before: Mapping[int, int | None]
    after: Mapping[int, int | None]
    shown: Mapping[str, float]


def withhold(tables: Sequence[ProtectedTable]) -> list[ProtectedTable]:
    """The tables of one form and period, without the statistics that would narrow a hidden count."""
    by_code = {table.dimensions[0]: table for table in tables}
    return [_checked(table, by_code) for table in tables]


def _checked(table: ProtectedTable, by_code: Mapping[str, ProtectedTable]) -> ProtectedTable:
    shown = table.statistics.get((ALL,))
    if shown is None:
        return table
    sides = _sides(table, by_code, shown)
    return table if sides is not None and tells_nothing(sides, table.threshold) else without_statistics(table, [(ALL,)])


def _sides(table: ProtectedTable, by_code: Mapping[str, ProtectedTable], shown: Mapping[str, float]) -> Sides | None:
    code = table.dimensions[0]
    other = by_code.get(f"{code.removesuffix(AFTER)}{BEFORE}")
    people = table.values[(ALL,)]
    if named(code).side != AFTER or other is None or people is None:
        return None
    number = scores(question_of(code))
    return Sides(
        people, {score: other.values[(answer,)] for answer, score in number.items()},
        {score: table.values[(answer,)] for answer, score in number.items()}, shown,
    )  # fmt: skip


def tells_nothing(sides: Sides, threshold: int) -> bool:
    """Whether every hidden number could still be 1 or less and `threshold` or more. False where no answer is found."""
    if sides.people < threshold:
        return False
    rows = list(_rows(sides))
    for by_side, column in ((sides.before, 0), (sides.after, 1)):
        for score, value in by_side.items():
            if value is None:
                least, most = _range(rows, _picked(sides, column, score))
                if least is None or most is None or least > 1 + NEARLY or most < threshold - NEARLY:
                    return False
    return True


def _cells(sides: Sides) -> list[tuple[int, int]]:
    return list(product(sorted(sides.before), sorted(sides.after)))


def _picked(sides: Sides, column: int, score: int) -> np.ndarray:
    return np.array([float(cell[column] == score) for cell in _cells(sides)])


def _rows(sides: Sides) -> Iterator[Row]:
    """Everything that is known, as lower end, upper end and coefficients over the cells."""
    cells, people = _cells(sides), sides.people
    before, after = (np.array([float(cell[column]) for cell in cells]) for column in (0, 1))
    yield people, people, np.ones(len(cells))
    for by_side, column in ((sides.before, 0), (sides.after, 1)):
        for score, value in by_side.items():
            yield (1 if value is None else value), (people if value is None else value), _picked(sides, column, score)
    shown = sides.shown
    for name, weights in (("before", before), ("after", after), ("change", after - before)):
        yield *_whole(people * (shown[name] - HALF), people * (shown[name] + HALF)), weights
    yield *_whole(*_squares(people, shown)), (after - before) ** 2


def _whole(low: float, high: float) -> tuple[float, float]:
    """Sums of whole numbers are whole, and everybody knows that too."""
    return ceil(low - NEARLY), floor(high + NEARLY)


def _squares(people: int, shown: Mapping[str, float]) -> tuple[float, float]:
    """Between which numbers the sum of the squared changes lies, from change and interval as they are shown."""
    reach, change = (shown["high"] - shown["low"]) / 2, abs(shown["change"])
    spread = [max(0.0, reach + error) * sqrt(people) / t_quantile(people - 1) for error in (-HALF, HALF)]
    mean = [max(0.0, change - HALF), change + HALF]
    low, high = ((people - 1) * spread[at] ** 2 + people * mean[at] ** 2 for at in (0, 1))
    return low, high


def _range(rows: Sequence[Row], wanted: np.ndarray) -> tuple[float | None, float | None]:
    """The smallest and the largest sum of the wanted cells; None where the solver proves none."""
    return _solved(rows, wanted, highspy.ObjSense.kMinimize), _solved(rows, wanted, highspy.ObjSense.kMaximize)


class _Quiet(highspy.Highs):
    """The solver, which else greets on standard output when it is made."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the library's name
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _solved(rows: Sequence[Row], wanted: np.ndarray, sense: highspy.ObjSense) -> float | None:
    lp, size = highspy.HighsLp(), len(wanted)
    lp.num_col_, lp.num_row_, lp.sense_ = size, len(rows), sense
    lp.col_cost_, lp.col_lower_ = wanted, np.zeros(size)
    lp.col_upper_ = np.full(size, highspy.kHighsInf)
    lp.row_lower_ = np.array([float(row[0]) for row in rows])
    lp.row_upper_ = np.array([float(row[1]) for row in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.arange(0, (len(rows) + 1) * size, size)
    lp.a_matrix_.index_ = np.tile(np.arange(size), len(rows))
    lp.a_matrix_.value_ = np.concatenate([row[2] for row in rows])
    solver = _Quiet()  # type: ignore[no-untyped-call]
    for option, value in (("threads", 1), ("random_seed", 0)):
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    solver.run()
    return float(solver.getObjectiveValue()) if solver.getModelStatus() == OPTIMAL else None
