"""From counts to protected tables: pose the problem, search, audit, and only then make a table of it."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from reporting.protection.audit import Audit
from reporting.protection.hiding import Hiding, hide
from reporting.protection.problem import Problem, pose
from reporting.protection.rounding import interval_of, shown_of
from reporting.protection.solver import OutOfTime, SolverError
from reporting.protection.system import frame_of, full_counts
from reporting.protection.types import (
    CountTable,
    DisclosureError,
    Key,
    Method,
    Nesting,
    Protected,
    ProtectedTable,
    sealed,
)

# The share of the time that is kept for the audit.
FOR_THE_AUDIT = 0.3
# A high percentile is shown only with so many people above it.
LEAST_ABOVE_P90 = 5
NOT_IN_TIME = "could not be proven safe in time, so it is not shown"


def protect_all(
    tables: Sequence[CountTable], threshold: int, released: Sequence[ProtectedTable], nestings: Sequence[Nesting],
    known: Sequence[CountTable], method: Method, time_limit: float,
) -> Protected:  # fmt: skip
    """As `disclosure.protect_together` says."""
    started = monotonic()
    try:
        problem = pose(tables, threshold, released, nestings, known, method, started + time_limit)
        hiding = hide(problem, started + time_limit * (1 - FOR_THE_AUDIT))
    except (OutOfTime, SolverError):
        raise DisclosureError("table", NOT_IN_TIME) from None
    published = [_published(problem, hiding, table, at, threshold, method) for at, table in enumerate(tables)]
    audit = Audit(tables, published, threshold, monotonic() + time_limit, method, released, nestings, known)
    fault = next(audit.faults(), None)
    if fault is not None:
        raise DisclosureError("table", f"not proven safe, so not shown ({fault})")
    made = [sealed(table, threshold, values, method, {}) for table, values in zip(tables, published, strict=True)]
    shown = tuple(
        sealed(one, threshold, one.values, method, _statistics(table, one))
        for table, one in zip(tables, made, strict=True)
    )
    return Protected(shown, hiding.optimal, hiding.bound, monotonic() - started)


def _published(
    problem: Problem, hiding: Hiding, table: CountTable, at: int, threshold: int, method: Method
) -> dict[Key, int | None]:
    frame, hidden = frame_of(table, f"tables[{at}]"), hiding.hidden
    return {
        key: None if hidden[problem.place_of[problem.system.cell(frame, key)]] else shown_of(count, threshold, method)
        for key, count in full_counts(table).items()
    }


def _statistics(table: CountTable, made: ProtectedTable) -> dict[Key, dict[str, float]]:
    """Only with a count that is published; to one decimal; a high percentile only with enough people above it."""
    found = {}
    for key, statistics in table.statistics.items():
        value = made.values.get(key) or 0
        least, _ = interval_of(value, made.threshold, made.method)
        shown = {
            name: round(number, 1) for name, number in statistics.items()
            if name != "p90" or least // 10 >= LEAST_ABOVE_P90
        }  # fmt: skip
        if value and shown:
            found[key] = shown
    return found
