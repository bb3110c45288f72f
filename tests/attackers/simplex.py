"""The simplex method over exact fractions: the least and the greatest value of a variable under linear equations.

Small and slow, and right: no tolerance, and Bland's rule, so that it ends. Whole numbers stay whole numbers, which
is most of them in tables of counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

Number = int | Fraction
Row = dict[int, Number]


class NoSolution(Exception):
    """The equations contradict each other."""


def _quotient(value: Number, by: Number) -> Number:
    found = Fraction(value) / by
    return found.numerator if found.denominator == 1 else found


class Simplex:
    """All x >= 0 with `sum(row[j] * x[j]) == right` for each of the equations."""

    def __init__(self, equations: Sequence[tuple[Mapping[int, int], int]], variables: int) -> None:
        self._width = variables
        self._rows: list[Row] = []
        self._right: list[Number] = []
        self._basis: list[int] = []
        for row, right in equations:
            sign = -1 if right < 0 else 1
            self._rows.append({column: sign * value for column, value in row.items() if value})
            self._right.append(sign * right)
        self._find_a_solution()

    def values(self) -> dict[int, Number]:
        """The corner that was reached last; variables that are not named are zero."""
        return dict(zip(self._basis, self._right, strict=True))

    def greatest(self, goal: Mapping[int, int]) -> Number | None:
        """The greatest value of the sum `goal`; None where it has no bound."""
        reduced: Row = {column: value for column, value in goal.items() if value}
        for place, column in enumerate(self._basis):
            self._subtract(reduced, self._rows[place], reduced.get(column, 0))
        while (entering := self._entering(reduced)) is not None:
            leaving = self._leaving(entering)
            if leaving is None:
                return None
            self._pivot(leaving, entering)
            self._subtract(reduced, self._rows[leaving], reduced.get(entering, 0))
        values = self.values()
        found = sum((value * values.get(column, 0) for column, value in goal.items()), Fraction(0))
        return found.numerator if found.denominator == 1 else found

    # Steps ------------------------------------------------------------------------------------------------

    def _find_a_solution(self) -> None:
        """Phase one: an artificial variable for each equation, driven out again."""
        first = self._width
        for place, row in enumerate(self._rows):
            row[first + place] = 1
            self._basis.append(first + place)
        if self.greatest({first + place: -1 for place in range(len(self._rows))}) != 0:
            raise NoSolution
        for place in range(len(self._rows)):
            self._drive_out(place, first)
        kept = [place for place, column in enumerate(self._basis) if column < first]
        self._rows = [{c: v for c, v in self._rows[place].items() if c < first} for place in kept]
        self._right = [self._right[place] for place in kept]
        self._basis = [self._basis[place] for place in kept]

    def _drive_out(self, place: int, first: int) -> None:
        if self._basis[place] >= first:
            real = [column for column in self._rows[place] if column < first]
            if real:
                self._pivot(place, min(real))

    def _entering(self, reduced: Row) -> int | None:
        return min((column for column, value in reduced.items() if value > 0), default=None)

    def _leaving(self, entering: int) -> int | None:
        found: tuple[Number, int, int] | None = None
        for place, row in enumerate(self._rows):
            value = row.get(entering, 0)
            if value > 0:
                offer = (_quotient(self._right[place], value), self._basis[place], place)
                found = offer if found is None or offer[:2] < found[:2] else found
        return None if found is None else found[2]

    def _pivot(self, place: int, entering: int) -> None:
        row, by = self._rows[place], self._rows[place][entering]
        if by != 1:
            row = {column: _quotient(value, by) for column, value in row.items()}
            self._rows[place], self._right[place] = row, _quotient(self._right[place], by)
        for other, changed in enumerate(self._rows):
            if other != place and (times := changed.get(entering, 0)):
                self._subtract(changed, row, times)
                self._right[other] -= times * self._right[place]
        self._basis[place] = entering

    @staticmethod
    def _subtract(row: Row, other: Row, times: Number) -> None:
        if not times:
            return
        for column, value in other.items():
            left = row.get(column, 0) - times * value
            if left:
                row[column] = left
            else:
                row.pop(column, None)
