"""Fewest and then smallest: the engine beside every pattern there is, each judged by every table of whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from types import MappingProxyType

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reporting.disclosure import ALL, CountTable, Key, protect_together
from reporting.protection.rounding import interval_of, shown_of
from reporting.protection.types import Method

T = 5
# Larger numbers tell nothing new: no count is larger than MOST, and nothing must move further than to become small.
MOST = 9
CAP = 2 * MOST
Grid = dict[Key, NDArray[np.int64]]


def a_table(counts: Sequence[int], columns: Sequence[str]) -> CountTable:
    if not columns:
        names = tuple(f"r{number}" for number in range(len(counts)))
        return CountTable(("row",), (names,), MappingProxyType(dict(zip(((n,) for n in names), counts, strict=True))))
    rows = tuple(f"r{number}" for number in range(len(counts) // len(columns)))
    cells = dict(zip(product(rows, columns), counts, strict=True))
    return CountTable(("row", "column"), (rows, tuple(columns)), MappingProxyType(cells))


def every_number(
    table: CountTable, counts: Sequence[NDArray[np.int64]] | Sequence[int]
) -> dict[Key, NDArray[np.int64]]:
    """Cells and margins, for one table or for very many at once."""
    body = dict(zip(table.counts, counts, strict=True))
    found: Grid = {}
    for key in product(*((*names, ALL) for names in table.categories)):
        inside = [
            number for cell, number in body.items()
            if all(mark in (ALL, name) for mark, name in zip(key, cell, strict=True))
        ]  # fmt: skip
        found[key] = np.sum(inside, axis=0)
    return found


class BruteForce:
    """Knows all tables that have zeros where this one has."""

    def __init__(self, table: CountTable, method: Method = Method.SUPPRESSION) -> None:
        self.table, self.method = table, method
        self.true = {key: int(number) for key, number in every_number(table, list(table.counts.values())).items()}
        ranges = [range(1, CAP + 1) if count else range(1) for count in table.counts.values()]
        grid = np.array(list(product(*ranges)), dtype=np.int64).T
        self.grid = every_number(table, list(grid))
        self.small = [key for key, count in self.true.items() if 0 < count < T]
        self.open = [key for key, count in self.true.items() if count >= T]
        self.bare = self.possible({key for key, count in self.true.items() if count})
        self.least = {key: int(self.grid[key].min()) for key in self.small}
        self.lonely = {key for key in self.small if not self._has_company(key, self.bare, set(self.true))}

    def possible(self, hidden: set[Key]) -> NDArray[np.bool_]:
        fits = np.ones(self.grid[next(iter(self.grid))].shape, dtype=bool)
        for key, count in self.true.items():
            if key not in hidden:
                low, high = interval_of(shown_of(count, T, self.method), T, self.method)
                fits &= (self.grid[key] >= low) & (self.grid[key] <= high)
        return fits

    def _has_company(self, key: Key, fits: NDArray[np.bool_], hidden: set[Key]) -> bool:
        large = fits & (self.grid[key] >= T)
        return any(
            bool(np.any(large & (self.grid[other] < T))) for other in hidden if other != key and self.true[other]
        )

    def is_safe(self, hidden: set[Key]) -> bool:
        fits = self.possible(hidden)
        for key in self.small:
            numbers = self.grid[key][fits]
            if numbers.min() > self.least[key] or numbers.max() < T:
                return False
            if key not in self.lonely and not self._has_company(key, fits, hidden):
                return False
        return True

    def best(self) -> tuple[int, int]:
        """How many values, and the sum of their counts."""
        for more in range(len(self.open) + 1):
            sums = [
                sum(self.true[key] for key in (*self.small, *chosen))
                for chosen in combinations(self.open, more) if self.is_safe({*self.small, *chosen})
            ]  # fmt: skip
            if sums:
                return len(self.small) + more, min(sums)
        raise AssertionError("everything hidden is safe")


def beside(table: CountTable, method: Method = Method.SUPPRESSION) -> Iterator[tuple[int, int]]:
    brute = BruteForce(table, method)
    made = protect_together([table], T, method=method)
    hidden = {key for key, value in made.tables[0].values.items() if value is None}
    assert made.optimal
    assert brute.is_safe(hidden)
    assert made.bound == len(hidden)
    yield len(hidden), sum(brute.true[key] for key in hidden)
    yield brute.best()


counts = st.one_of(st.integers(0, 4), st.integers(0, MOST))
methods = st.sampled_from(list(Method))


@settings(max_examples=60)
@given(st.lists(counts, min_size=1, max_size=4), methods)
def test_row_of_cells_hides_the_fewest_and_then_the_smallest(row: list[int], method: Method) -> None:
    mine, best = beside(a_table(row, ()), method)
    assert mine == best


@settings(max_examples=60)
@given(st.lists(counts, min_size=4, max_size=4), methods)
def test_two_by_two_hides_the_fewest_and_then_the_smallest(square: list[int], method: Method) -> None:
    mine, best = beside(a_table(square, ("x", "y")), method)
    assert mine == best


@settings(max_examples=25)
@given(st.lists(st.sampled_from([0, 0, 1, 2, 4, 6, 9]), min_size=6, max_size=6).filter(lambda six: six.count(0) > 1))
def test_three_by_two_with_zeros_hides_the_fewest_and_then_the_smallest(six: list[int]) -> None:
    mine, best = beside(a_table(six, ("x", "y")))
    assert mine == best


def test_brute_force_knows_a_careless_pattern() -> None:
    brute = BruteForce(a_table([3, 9, 8, 7], ("x", "y")))
    assert not brute.is_safe({("r0", "x")}), "the row's sum tells it"
    assert not brute.is_safe({("r0", "x"), ("r0", "y")}), "the column's sum tells it"
    assert not brute.is_safe({("r0", "x"), ("r0", ALL), (ALL, "x"), (ALL, ALL)}), "it is the small one of those hidden"
    assert brute.is_safe({("r0", "x"), ("r0", "y"), ("r1", "x"), ("r1", "y")})
