"""The attacker with a solver: between which numbers must a hidden count lie?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.attackers.sight import Cell, Printed, Sight, Whole, look
from tests.attackers.simplex import Number, Simplex


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A small count that is known too well: it lies from `least` to `most`."""

    cell: Cell
    least: Number
    most: Number | None

    def __str__(self) -> str:
        name = " / ".join(f"{d}={c}" for d, c in sorted(self.cell)) or "total"
        return f"{name}: {self.least} to {self.most}"


class Solver:
    """Ranges of numbers under what was published. Variables are what each number has above its known least."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._columns = {name: place for place, name in enumerate(sight.hidden())}
        self._width = len(self._columns)
        equations: list[tuple[dict[int, int], int]] = []
        for one in sight.sums:
            if one.adds:
                equations.append(self._equation({one.whole: 1}, one.parts, slack=0))
            else:
                equations.append(self._equation({one.whole: 1}, one.parts, slack=1))
                equations.extend(self._equation({part: 1}, (one.whole,), slack=1) for part in one.parts)
        for name, column in self._columns.items():
            if (most := sight.most[name]) is not None:
                equations.append(({column: 1, self._slack(): 1}, most - sight.least[name]))
        # An equation between published numbers alone must hold; the simplex method would say so too.
        self._simplex = Simplex([one for one in equations if one[0] or one[1]], self._width)
        self._low: dict[int, Number] = {}
        self._high: dict[int, Number | None] = {}

    def range_of(self, name: Cell) -> tuple[Number, Number | None]:
        column = self._columns.get(name)
        known = self._sight.least[name]
        if column is None:
            return known, known
        low, high = self._simplex.greatest({column: -1}), self._simplex.greatest({column: 1})
        assert low is not None, "no number is below its least"
        return known - low, None if high is None else known + high

    def reaches(self, name: Cell, low: int, high: int) -> bool:
        """Whether both ends can be; corners seen for other numbers answer for many without another search."""
        column = self._columns.get(name)
        if column is None:
            return low >= self._sight.least[name] >= high
        return self._goes(column, name, low, -1) and self._goes(column, name, high, 1)

    def _goes(self, column: int, name: Cell, aim: int, sign: int) -> bool:
        rest = aim - self._sight.least[name]
        if sign < 0 and self._low.get(column, rest + 1) <= rest:
            return True
        if sign > 0 and column in self._high and ((seen := self._high[column]) is None or seen >= rest):
            return True
        found = self._simplex.greatest({column: sign})
        self._remember()
        if found is None:
            self._high[column] = None
            return True
        return found * sign <= rest if sign < 0 else found >= rest

    def _remember(self) -> None:
        values = self._simplex.values()
        for column in self._columns.values():
            value = values.get(column, 0)
            self._low[column] = min(self._low.get(column, value), value)
            high = self._high.get(column, value)
            self._high[column] = None if high is None else max(high, value)

    def _slack(self) -> int:
        self._width += 1
        return self._width - 1

    def _equation(self, left: Mapping[Cell, int], parts: Iterable[Cell], *, slack: int) -> tuple[dict[int, int], int]:
        """`left - parts + slack = 0`, in columns; a slack of 1 makes it "at most"."""
        row: dict[int, int] = {}
        right = 0
        for name, times in (*left.items(), *((part, -1) for part in parts)):
            right -= times * self._sight.least[name]
            if (column := self._columns.get(name)) is not None:
                row[column] = row.get(column, 0) + times
        if slack:
            row[self._slack()] = 1
        return {column: value for column, value in row.items() if value}, right


def narrowed(
    printed: Iterable[Printed], small: Iterable[Cell], threshold: int, wholes: Iterable[Whole] = ()
) -> list[Narrowed]:
    """Those of the small counts whose range is narrower than 1 to `threshold`.

    A margin over several hidden cells is at least as many as these are, since zeros are published: what the zeros
    alone tell is no fault of a table.
    """
    seen, nested, names = list(printed), list(wholes), list(small)
    solver = Solver(look(seen, nested))
    found = [name for name in names if not solver.reaches(name, 1, threshold)]
    if not found:
        return []
    blotted = Solver(look(seen, nested, only_zeros=True))
    ranges = [Narrowed(name, *solver.range_of(name)) for name in found]
    return [
        one
        for one in ranges
        if one.least > max(1, blotted.range_of(one.cell)[0]) or (one.most is not None and one.most < threshold)
    ]
