"""Tables of counts that identify nobody (domain rule 38): the door. The method is told in `docs/disclosure.md`.

A count from 1 to T-1 is hidden, and with it as few other values as possible, margins included, so that nobody who
knows everything that is published, the threshold and the method finds a range narrower than 1 to T for it: within
one table, over several tables at once, and with what was released before. The search for what to hide is in
`protection.hiding`; a separate audit (`protection.audit`) goes through its answer before anything leaves.
"""

from __future__ import annotations

from collections.abc import Sequence

from reporting.protection.input import Request, parse_request, parse_table, read_request, read_table
from reporting.protection.record import digest_of, record_of, restore
from reporting.protection.rounding import rounded
from reporting.protection.types import (
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
    without_statistics,
)

__all__ = [
    "ALL",
    "DEFAULT_SECONDS",
    "DEFAULT_THRESHOLD",
    "LOWEST_THRESHOLD",
    "MOST_CELLS",
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
    # The solver is loaded only where something is protected: no page that shows what is out needs it.
    from reporting.protection.together import protect_all

    check_threshold(threshold)
    return protect_all(tables, threshold, released, nestings, known, method, time_limit)


def fit(
    tables: Sequence[CountTable],
    released: Sequence[ProtectedTable] = (),
    nestings: Sequence[Nesting] = (),
    known: Sequence[CountTable] = (),
    time_limit: float = DEFAULT_SECONDS,
) -> Fitted:
    """The whole numbers with the smallest sum of differences that agree with all released numbers and with each
    other; a cell that a release hides counts at least 1. What fits already comes back as it is. `known`: the counts
    of today behind released tables. DisclosureError where nothing agrees."""
    from reporting.protection.fit import fitted

    return fitted(tables, released, nestings, known, time_limit)
