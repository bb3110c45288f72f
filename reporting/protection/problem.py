"""What must be hidden, what may be, and what an attacker must go on holding for possible: the problem to solve.

Cells that are equal whatever stands in them (a margin over one part that is not zero) are one place here: they are
hidden together or not at all. Zeros are published and known to everybody, so a hidden cell counts at least 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from reporting.protection.attack import Attacker, Counts, Need, Net, a_net, whole_numbers
from reporting.protection.rounding import interval_of, shown_of
from reporting.protection.solver import Numbers
from reporting.protection.system import System, build, check_truth
from reporting.protection.types import CountTable, DisclosureError, Method, Nesting, ProtectedTable

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Problem:
    """`place_of`: the place of each cell of the system. `shown_*`, `hidden_*`: what is known of a place that is
    shown or hidden. `must`: hidden in every answer; `free`: hidden or not; others are what they are. `weight`: how
    many values a place stands for. `fresh`: places of the new tables."""

    system: System
    place_of: tuple[int, ...]
    net: Net
    truth: Counts
    shown_low: Numbers
    shown_high: Numbers
    hidden_low: Numbers
    hidden_high: Numbers
    must: Flags
    free: Flags
    fresh: Flags
    weight: Counts
    needs: tuple[Need, ...]

    def known(self, hidden: Flags) -> tuple[Numbers, Numbers, Counts]:
        """What everybody knows when these places are hidden: the least and the most of each, and which are hidden."""
        return (
            np.where(hidden, self.hidden_low, self.shown_low), np.where(hidden, self.hidden_high, self.shown_high),
            np.flatnonzero(hidden),
        )  # fmt: skip

    def name(self, place: int) -> str:
        return self.system.cells[self.place_of.index(place)].name


def pose(
    tables: Sequence[CountTable], threshold: int, released: Sequence[ProtectedTable], nestings: Sequence[Nesting],
    known: Sequence[CountTable], method: Method, until: float,
) -> Problem:  # fmt: skip
    """DisclosureError where numbers contradict each other, or where what is out already tells too much."""
    system = build(tables, released, nestings, known)
    check_truth(system)
    place_of, size = _places(system)
    net = a_net(size, _net_relations(system, place_of))
    draft = _Draft(system, place_of, net, threshold, method, until)
    problem = draft.problem()
    before = _told_before(released, nestings, until) if released else {}
    return _with_needs(problem, draft.wanted(before), threshold, until)


# Which cells are one place -----------------------------------------------------------------------------------


def _is_zero(system: System, at: int) -> bool:
    cell = system.cells[at]
    return cell.high == 0 or (cell.places > 0 and cell.truth == 0)


def _places(system: System) -> tuple[tuple[int, ...], int]:
    """The place of each cell, and how many places there are. Two cells are one where the sums, zeros left out, say that
    they are equal: one sum of the two alone, or one inequality each way."""
    parent = list(range(len(system.cells)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    zero = [_is_zero(system, at) for at in range(len(system.cells))]
    again = True
    while again:
        again = False
        at_most: set[tuple[int, int]] = set()
        for relation in system.relations:
            terms: dict[int, int] = {}
            for at, factor in relation.terms:
                if not zero[at]:
                    terms[root(at)] = terms.get(root(at), 0) + factor
            left = [(at, factor) for at, factor in terms.items() if factor]
            if len(left) != 2 or left[0][1] + left[1][1]:
                continue
            low, high = sorted(left, key=lambda term: -term[1])
            at_most.add((low[0], high[0]))
            if relation.equal or (high[0], low[0]) in at_most:
                parent[max(low[0], high[0])] = min(low[0], high[0])
                again = True
                if not relation.equal:
                    break
    roots = sorted({root(at) for at in range(len(parent))})
    number = {at: place for place, at in enumerate(roots)}
    return tuple(number[root(at)] for at in range(len(parent))), len(roots)


def _net_relations(system: System, place_of: Sequence[int]) -> list[tuple[list[tuple[int, int]], bool]]:
    """The sums over places instead of cells, zeros left out; each once, and in an order of their own."""
    found: dict[tuple[tuple[tuple[int, int], ...], bool], None] = {}
    for relation in system.relations:
        terms: dict[int, int] = {}
        for at, factor in relation.terms:
            if not _is_zero(system, at):
                terms[place_of[at]] = terms.get(place_of[at], 0) + factor
        left = tuple(sorted((at, factor) for at, factor in terms.items() if factor))
        if left:
            found[left, relation.equal] = None
    return [(list(terms), equal) for terms, equal in sorted(found)]


# What is known and what must be hidden -----------------------------------------------------------------------


@dataclass(slots=True)
class _Draft:
    """What is known of every place, before it is said what an attacker must hold for possible."""

    system: System
    place_of: tuple[int, ...]
    net: Net
    threshold: int
    method: Method
    until: float

    def problem(self) -> Problem:
        size = self.net.size
        low, high, weight = np.zeros(size), np.full(size, inf), np.zeros(size, dtype=np.int64)
        truth, fresh = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=bool)
        for cell, place in zip(self.system.cells, self.place_of, strict=True):
            low[place], high[place] = max(low[place], cell.low), min(high[place], cell.high)
            weight[place] += cell.places
            if cell.truth is not None:
                truth[place] = cell.truth
            fresh[place] |= cell.places > 0
        truth = self._all_of_truth(truth, low, high)
        shown_low, shown_high = self._shown(truth, fresh, low, high)
        alive = fresh & (truth > 0)
        must = self._must(truth) & alive
        hidden_low = np.where(alive, np.maximum(low, 1), shown_low)
        hidden_high = np.where(alive, high, shown_high)
        free = alive & ~must & ((hidden_low < shown_low) | (hidden_high > shown_high))
        return Problem(
            self.system, self.place_of, self.net, truth, shown_low, shown_high, hidden_low, hidden_high, must, free,
            fresh, weight, (),
        )  # fmt: skip

    def _all_of_truth(self, truth: Counts, low: Numbers, high: Numbers) -> Counts:
        """With whole numbers that fit for those cells of released tables whose counts nobody gave."""
        unknown = truth < 0
        if not unknown.any():
            return truth
        found = whole_numbers(
            self.net, np.where(unknown, low, truth), np.where(unknown, high, truth), self.until
        )  # fmt: skip
        if found is None:
            raise DisclosureError("released", "contradicts the counts of today, not the same people")
        return found

    def _shown(self, truth: Counts, fresh: Flags, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
        """What a place that is shown lets everybody know: its number, or by rounding a range."""
        shown_low, shown_high = low.copy(), high.copy()
        for place in np.flatnonzero(fresh):
            value = shown_of(int(truth[place]), self.threshold, self.method)
            least, most = interval_of(value, self.threshold, self.method)
            shown_low[place], shown_high[place] = max(low[place], least), min(high[place], most)
        return shown_low, shown_high

    def _must(self, truth: Counts) -> Flags:
        """Small counts, by the larger threshold of those that hid them, and those behind which too few people stand."""
        must = np.zeros(self.net.size, dtype=bool)
        for cell, place in zip(self.system.cells, self.place_of, strict=True):
            if cell.places:
                must[place] |= cell.sensitive or 0 < truth[place] < max(self.threshold, cell.hidden_by)
        return must

    def wanted(self, before: dict[frozenset[tuple[str, str]], int]) -> dict[tuple[int, bool], int]:
        """(place, up) → the level that an attacker must hold for possible."""
        found: dict[tuple[int, bool], int] = {}

        def want(place: int, low: int, high: int) -> None:
            found[place, False] = min(low, found.get((place, False), low))
            found[place, True] = max(high, found.get((place, True), high))

        for cell, place in zip(self.system.cells, self.place_of, strict=True):
            count, most = cell.truth, max(cell.hidden_by, self.threshold if cell.places else 0)
            if not cell.places and (count is None or count < most):
                # Hidden by an earlier release: it cannot become more open than it is.
                if cell.pairs in before:
                    want(place, 1, before[cell.pairs])
            elif count and count < most:
                want(place, 1, most)
            elif count and cell.sensitive:
                want(place, max(1, count - self.threshold), count + self.threshold)
        return found


def _told_before(
    released: Sequence[ProtectedTable], nestings: Sequence[Nesting], until: float
) -> dict[frozenset[tuple[str, str]], int]:
    """Cells that released tables hide and that may be small or not, as far as anybody knows → their threshold."""
    system = build((), released, nestings)
    size = len(system.cells)
    net = a_net(size, [(one.terms, one.equal) for one in system.relations])
    low = np.array([cell.low for cell in system.cells], dtype=float)
    high = np.array([cell.high for cell in system.cells], dtype=float)
    attacker = Attacker(net, until)
    attacker.know(low, high)
    bottom = LeastOf(net, np.where(high == 0, 0.0, np.minimum(np.maximum(low, 0), 1)), high == 0, until)
    found = {}
    for at, cell in enumerate(system.cells):
        if cell.hidden_by:
            reaches = (Need(at, up=False, level=bottom(at)), Need(at, up=True, level=cell.hidden_by))
            if all(attacker.witness(need) is not None for need in reaches):
                found[cell.pairs] = cell.hidden_by
    return found


class LeastOf:
    """How small a place can be at all, whatever is hidden, if every place that is not zero counts at least 1."""

    def __init__(self, net: Net, low: Numbers, zero: Flags, until: float) -> None:
        self._net, self._until = net, until
        self._low, self._high = low, np.where(zero, 0.0, inf)
        self._attacker = Attacker(net, until)
        self._attacker.know(self._low, self._high)

    def __call__(self, place: int) -> int:
        need = Need(place, up=False, level=1)
        found = self._attacker.witness(need)
        if found is None:
            cost = np.zeros(self._net.size)
            cost[place] = 1.0
            found = whole_numbers(self._net, self._low, self._high, self._until, cost)
        return 1 if found is None else max(1, int(found[place]))


# What an attacker must hold for possible ---------------------------------------------------------------------


def _with_needs(problem: Problem, wanted: dict[tuple[int, bool], int], threshold: int, until: float) -> Problem:
    """With the needs that hiding everything can meet: lowered where zeros leave no room for a 1, and without company
    where nothing else could be the small one. DisclosureError where what is out leaves no room for one."""
    zero = (problem.shown_high == 0) & (problem.hidden_high == 0)
    low = np.where(zero, 0.0, np.where(problem.fresh | (problem.shown_low >= 1), 1.0, 0.0))
    bottom = LeastOf(problem.net, low, zero, until)
    everything = Attacker(problem.net, until)
    everything.know(*problem.known(problem.must | problem.free))
    needs: list[Need] = []
    for (place, up), level in sorted(wanted.items()):
        small = threshold if up and problem.fresh[place] and problem.truth[place] < threshold else 0
        need = Need(place, up, level if up else max(level, bottom(place)), small)
        if small and everything.witness(need) is None:
            need = replace(need, company=0)
        if everything.witness(need) is None:
            raise DisclosureError("released", f"{problem.name(place)}: what is out already tells too much about it")
        needs.append(need)
    return replace(problem, needs=tuple(needs))
