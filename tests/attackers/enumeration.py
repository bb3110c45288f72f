"""The attacker who tries whole numbers, and who knows the threshold rule as the contract states it.

Counts are whole; a hidden one is at least 1; what is published is 0 or at least the threshold; and something is
hidden, so that at least one hidden count is small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.attackers.sight import Cell, Printed, Sight, Sum, Whole, look

Domains = dict[Cell, tuple[int, int]]
STEPS = 4000


class TooLong(Exception):
    """Not decided within the steps allowed: the table is too large for this attacker."""


class Counts:
    """Whole-number tables that agree with everything published."""

    def __init__(self, sight: Sight, threshold: int) -> None:
        # Beyond all that is published, larger numbers tell nothing new.
        cap = sum(low for low in sight.least.values()) + len(sight.least) * threshold
        self._start: Domains = {
            name: (low, cap if sight.most[name] is None else sight.most[name] or 0) for name, low in sight.least.items()
        }
        self._sums = sight.sums
        self._by_cell: dict[Cell, list[Sum]] = {}
        for one in self._sums:
            for name in (one.whole, *one.parts):
                self._by_cell.setdefault(name, []).append(one)

    def possible(self, pins: Mapping[Cell, tuple[int, int | None]]) -> bool:
        """Whether some table has these numbers within these bounds."""
        domains = dict(self._start)
        for name, (low, high) in pins.items():
            before = domains[name]
            domains[name] = (max(low, before[0]), before[1] if high is None else min(high, before[1]))
        self._left = STEPS
        return self._search(domains, list(self._sums))

    def _search(self, domains: Domains, due: list[Sum]) -> bool:
        if not self._tighten(domains, due):
            return False
        self._left -= 1
        if self._left < 0:
            raise TooLong
        open_ones = [(high - low, sorted(name)) for name, (low, high) in domains.items() if high > low]
        if not open_ones:
            return True
        name = frozenset(min(open_ones)[1])
        low, high = domains[name]
        middle = (low + high) // 2
        halves = ((low, middle), (middle + 1, high))
        return any(self._search(domains | {name: half}, list(self._by_cell[name])) for half in halves)

    def _tighten(self, domains: Domains, due: list[Sum]) -> bool:
        """Narrows domains as far as sums alone can; False where one is empty."""
        while due:
            one = due.pop()
            for name, (low, high) in _implied(one, domains):
                before = domains[name]
                after = (max(before[0], low), min(before[1], high))
                if after[0] > after[1]:
                    return False
                if after != before:
                    domains[name] = after
                    due.extend(self._by_cell[name])
        return True


def _implied(one: Sum, domains: Domains) -> Iterable[tuple[Cell, tuple[int, int]]]:
    lows = sum(domains[part][0] for part in one.parts)
    highs = sum(domains[part][1] for part in one.parts)
    low, high = domains[one.whole]
    at_least = lows if one.adds else max((domains[part][0] for part in one.parts), default=0)
    found = [(one.whole, (at_least, highs))]
    for part in one.parts:
        below, above = domains[part]
        most = high - (lows - below) if one.adds else high
        found.append((part, (low - (highs - above), most)))
    return found


def narrowed_by_rule(
    printed: Iterable[Printed], small: Iterable[Cell], threshold: int, wholes: Iterable[Whole] = ()
) -> list[Cell]:
    """Those of the small counts that a reader can tell from a count of `threshold` or more, or from the least one
    possible, by knowing the rule."""
    seen, nested = list(printed), list(wholes)
    sight, blotted = look(seen, nested), look(seen, nested, only_zeros=True)
    counts, free = Counts(sight, threshold), Counts(blotted, threshold)
    hidden = [name for name in sight.hidden() if name in sight.body]

    def least(name: Cell) -> int:
        """What zeros alone tell: a margin over several hidden cells is as many at least."""
        return next(low for low in range(1, threshold + 1) if free.possible({name: (low, low)}))

    def passes(name: Cell) -> bool:
        low = least(name)
        others = [other for other in hidden if other != name]
        return counts.possible({name: (low, low)}) and any(
            counts.possible({name: (threshold, None), other: (1, threshold - 1)}) for other in others
        )

    return [name for name in small if not passes(name)]
