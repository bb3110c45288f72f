"""What every safe answer must hide: inequalities over the places that may be hidden, each with the reason in duals.

A cut says that the sum of `terms` (place → factor, at most 1) over the hidden places is at least 1. It comes from an
upper bound on how far a cell can move: by so much for each place that is hidden, and that must reach its level.
Factors beyond what is still wanting are cut down to it, which is as true for whole places and says much more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reporting.protection.attack import Attacker, Need
from reporting.protection.problem import Flags, Problem
from reporting.protection.solver import Numbers

VIOLATED = 1e-4
# What a place that is not hidden counts for, so that of several reasons the one with the fewest places is found.
A_LITTLE = 1e-3
FINE = 1e-9


@dataclass(frozen=True, slots=True)
class Cut:
    terms: tuple[tuple[int, float], ...]

    def reached(self, share: Numbers) -> float:
        return float(sum(factor * share[at] for at, factor in self.terms))


def cut_from(problem: Problem, need: Need, pull: Numbers) -> Cut | None:
    """The cut that says: what `pull` makes of the movements of all places must reach the level. None where it says
    nothing."""
    truth = problem.truth
    rest = (need.level if need.up else -need.level) - float(pull @ truth)
    forth, back = np.maximum(pull, 0.0), np.maximum(-pull, 0.0)
    moving = (forth > FINE) | (back > FINE)
    shown = _room(forth, problem.shown_high - truth) + _room(back, truth - problem.shown_low)
    hidden = _room(forth, problem.hidden_high - truth) + _room(back, truth - problem.hidden_low)
    settled = np.where(problem.free, shown, np.where(problem.must, hidden, shown))
    rest -= float(settled[moving].sum())
    if not np.isfinite(rest) or rest <= VIOLATED:
        return None
    more = np.minimum(hidden - shown, rest) / rest
    places = np.flatnonzero(problem.free & moving & (more > FINE))
    return Cut(tuple((int(at), float(more[at])) for at in places))


def _room(factor: Numbers, room: Numbers) -> Numbers:
    """Factor times room, where nothing times anything is nothing."""
    return np.where(factor > FINE, factor * np.where(factor > FINE, room, 0.0), 0.0)


def cuts_of_rows(problem: Problem) -> Iterator[Cut]:
    """What single relations say already."""
    rows_of: dict[int, list[int]] = {}
    net = problem.net
    for row, at in zip(net.row_of, net.rows.column, strict=True):
        rows_of.setdefault(int(at), []).append(int(row))
    for need in problem.needs:
        for row in rows_of.get(need.at, []):
            inside = slice(net.rows.start[row], net.rows.start[row + 1])
            columns, values = net.rows.column[inside], net.rows.value[inside]
            own = float(values[columns == need.at][0])
            # An inequality bounds in one direction only.
            if not net.equal[row] and (own > 0) != need.up:
                continue
            pull = np.zeros(net.size)
            pull[columns] = -values / own if need.up else values / own
            pull[need.at] = 0.0
            found = cut_from(problem, need, pull)
            if found is not None:
                yield found


def bridges(problem: Problem) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(place, others): hiding the place alone of its sum hides nothing, so no best answer does without the others."""
    net = problem.net
    moves = ~problem.free & (np.where(problem.must, problem.hidden_low, problem.shown_low)
                             < np.where(problem.must, problem.hidden_high, problem.shown_high))  # fmt: skip
    if np.any(problem.free & (problem.shown_low < problem.shown_high)):
        return
    for row in np.flatnonzero(net.equal):
        columns = net.rows.column[net.rows.start[row] : net.rows.start[row + 1]]
        if moves[columns].any():
            continue
        free = columns[problem.free[columns]]
        for at in free:
            yield int(at), tuple(int(other) for other in free if other != at)


class Separator:
    """Finds cuts that a share of hiding (0 to 1 for each place) breaks."""

    def __init__(self, problem: Problem, until: float) -> None:
        self.problem = problem
        self.attacker = Attacker(problem.net, until)
        # In a flat table no place moves by more than the cell that is pulled; elsewhere it guides the search only.
        self._most = float(max((abs(need.level - int(problem.truth[need.at])) for need in problem.needs), default=0))

    def look_at(self, share: Numbers) -> None:
        problem = self.problem
        full = np.where(problem.free, share, problem.must)
        lifted = np.minimum(problem.hidden_high, problem.truth + self._most)
        low = problem.shown_low + full * (problem.hidden_low - problem.shown_low)
        high = np.where(
            problem.free,
            problem.shown_high + share * np.maximum(lifted - problem.shown_high, 0.0),
            np.where(problem.must, problem.hidden_high, problem.shown_high),
        )
        self.share = share
        self.attacker.know(low, high)

    def broken(self, need: Need) -> Cut | None:
        pull = self.attacker.pull(need)
        cut = None if pull is None else cut_from(self.problem, need, pull)
        return cut if cut is not None and cut.reached(self.share) < 1 - VIOLATED else None


def as_share(hidden: Flags) -> Numbers:
    return np.where(hidden, 1.0, A_LITTLE)
