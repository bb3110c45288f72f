"""Tables of counts that identify nobody (domain rule 38): the door. The method is told in `docs/disclosure.md`.

A count from 1 to T-1 is hidden, and with it as few other values as possible, margins included, so that nobody who
knows everything that is published, the threshold and the method finds a range narrower than 1 to T for it: within
one table, over several tables at once, and with what was released before. The search for what to hide is in
`disclosure_hiding`; a separate audit (`disclosure_audit`) goes through its answer before anything leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic

from reporting.disclosure_audit import Audit
from reporting.disclosure_fit import fit
from reporting.disclosure_hiding import Hiding, hide
from reporting.disclosure_input import Request, parse_request, parse_table, read_request, read_table
from reporting.disclosure_problem import Problem, pose
from reporting.disclosure_record import digest_of, record_of, restore
from reporting.disclosure_rounding import rounded, shown_of
from reporting.disclosure_solver import OutOfTime, SolverError
from reporting.disclosure_system import Frame, frame_of, full_counts
from reporting.disclosure_types import (
    ALL,
    DEFAULT_SECONDS,
    DEFAULT_THRESHOLD,
    LOWEST_THRESHOLD,
    MOST_CELLS,
    CountTable,
    DisclosureError,
    Fitted,
    Key,
    Method,
    Nesting,
    Protected,
    ProtectedTable,
    check_threshold,
    sealed,
    without_statistics,
)

__all__ = [
    "ALL",
    "DEFAULT_SECONDS",
    "DEFAULT_THRESHOLD",
    "LOWEST_THRESHOLD",
    "MOST_CELLS",
    "Audit",
    "CountTable",
    "DisclosureError",
    "Fitted",
    "Key",
    "Method",
    "Nesting",
    "Protected",
    "ProtectedTable",
    "Request",
    "check_threshold",
    "digest_of",
    "fit",
    "parse_request",
    "parse_table",
    "protect",
    "protect_json",
    "protect_request",
    "protect_together",
    "read_request",
    "read_table",
    "record_of",
    "restore",
    "rounded",
    "without_statistics",
]  # fmt: skip

# The share of the time that is kept for the audit.
FOR_THE_AUDIT = 0.3
# A high percentile is shown only with so many people above it.
LEAST_ABOVE_P90 = 5
NOT_IN_TIME = "could not be proven safe in time, so it is not shown"


def protect(table: CountTable, threshold: int = DEFAULT_THRESHOLD) -> ProtectedTable:
    """The table as it may be shown. DisclosureError for a bad threshold, or if it cannot be proven safe."""
    return protect_together([table], threshold).tables[0]


def protect_json(data: object, threshold: int = DEFAULT_THRESHOLD) -> ProtectedTable:
    """`parse_table`, then `protect`."""
    return protect(parse_table(data), threshold)


def protect_request(request: Request, threshold: int = DEFAULT_THRESHOLD) -> Protected:
    """What a JSON text asks for."""
    return protect_together(
        request.tables, threshold, released=request.released, nestings=request.nestings, method=request.method
    )


def protect_together(
    tables: Sequence[CountTable],
    threshold: int = DEFAULT_THRESHOLD,
    *,
    released: Sequence[ProtectedTable] = (),
    nestings: Sequence[Nesting] = (),
    known: Sequence[CountTable] = (),
    method: Method = Method.SUPPRESSION,
    time_limit: float = DEFAULT_SECONDS,
) -> Protected:
    """Tables over the same people in one proof, with `released` ones that everybody may know already.

    `known`: the counts behind released tables, where they are known: then their small cells keep the promise too.
    Else a cell that they hide, and that could be small or not, must stay as open.
    DisclosureError where the numbers contradict each other, or where safety cannot be proven within `time_limit`
    seconds.
    """
    started = monotonic()
    check_threshold(threshold)
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
    made = tuple(
        sealed(table, threshold, values, method, _statistics(table, values))
        for table, values in zip(tables, published, strict=True)
    )
    return Protected(made, hiding.optimal, hiding.bound, monotonic() - started)


def _published(
    problem: Problem, hiding: Hiding, table: CountTable, at: int, threshold: int, method: Method
) -> dict[Key, int | None]:
    frame: Frame = frame_of(table, f"tables[{at}]")
    hidden = hiding.hidden
    return {
        key: None if hidden[problem.place_of[problem.system.cell(frame, key)]] else shown_of(count, threshold, method)
        for key, count in full_counts(table).items()
    }


def _statistics(table: CountTable, values: Mapping[Key, int | None]) -> dict[Key, dict[str, float]]:
    """Only with a count that is published; to one decimal; a high percentile only with enough people above it."""
    found = {}
    for key, statistics in table.statistics.items():
        count = values.get(key) or 0
        shown = {
            name: round(value, 1) for name, value in statistics.items()
            if name != "p90" or count // 10 >= LEAST_ABOVE_P90
        }  # fmt: skip
        if count and shown:
            found[key] = shown
    return found
