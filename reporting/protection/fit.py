"""Counts that agree with everything that is out: the whole numbers nearest to those of today.

People withdraw between two releases, so that a recount need not fit what is published. What is protected and shown
afterwards must fit: else the difference would tell that somebody withdrew, or would contradict itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import monotonic
from types import MappingProxyType

import numpy as np

from reporting.protection.attack import Counts, Net, a_net, fits
from reporting.protection.solver import STATUS, OutOfTime, Rows, SolverError, a_model, a_solver, as_rows, run
from reporting.protection.system import Frame, System, build, frame_of
from reporting.protection.types import (
    CountTable,
    DisclosureError,
    Fitted,
    Key,
    Nesting,
    ProtectedTable,
)


def fitted(
    tables: Sequence[CountTable], released: Sequence[ProtectedTable], nestings: Sequence[Nesting],
    known: Sequence[CountTable], time_limit: float,
) -> Fitted:  # fmt: skip
    """As `disclosure.fit` says."""
    system = build(tables, released, nestings, known)
    net = a_net(len(system.cells), [(one.terms, one.equal) for one in system.relations])
    try:
        counts = _nearest(system, net, monotonic() + time_limit)
    except (OutOfTime, SolverError):
        raise DisclosureError("released", "no whole numbers that agree with it were found in time") from None
    return Fitted(
        tuple(_moved(system, table, f"tables[{at}]", counts) for at, table in enumerate(tables)),
        tuple(_moved(system, table, f"known[{at}]", counts) for at, table in enumerate(known)),
    )  # fmt: skip


def _nearest(system: System, net: Net, until: float) -> Counts:
    low = np.array([cell.low for cell in system.cells], dtype=float)
    high = np.array([cell.high for cell in system.cells], dtype=float)
    today = np.array([-1 if cell.truth is None else cell.truth for cell in system.cells], dtype=np.int64)
    if np.all(today >= low) and np.all(today <= high) and fits(net, today):
        return today
    given = np.array([at for at, cell in enumerate(system.cells) if cell.given], dtype=np.int64)
    size, more = net.size, len(given)
    rows = _with_distances(net.rows, size, given, today)
    cost = np.concatenate([np.zeros(size), np.ones(2 * more)])
    lows, highs = np.concatenate([low, np.zeros(2 * more)]), np.concatenate([high, np.full(2 * more, np.inf)])
    for whole in (False, True):
        solver = a_solver(mip_rel_gap=0.0)
        solver.passModel(a_model(cost, lows, highs, rows, whole=whole))
        if run(solver, until) != STATUS.kOptimal:
            break
        found: Counts = np.rint(np.array(solver.getSolution().col_value)[:size]).astype(np.int64)
        if np.all(found >= low) and np.all(found <= high) and fits(net, found):
            return found
    raise DisclosureError("released", "no whole numbers agree with what is out, not the same people")


def _with_distances(rows: Rows, size: int, given: Counts, today: Counts) -> Rows:
    """For each given cell: its count − more + less = the count of today."""
    more = len(given)
    extra = as_rows([
        (float(today[at]), float(today[at]), [int(at), size + number, size + more + number], [1.0, -1.0, 1.0])
        for number, at in enumerate(given)
    ])  # fmt: skip
    return Rows(
        np.concatenate([rows.low, extra.low]), np.concatenate([rows.high, extra.high]),
        np.concatenate([rows.start, rows.start[-1] + extra.start[1:]]).astype(np.int32),
        np.concatenate([rows.column, extra.column]), np.concatenate([rows.value, extra.value]),
    )  # fmt: skip


def _moved(system: System, table: CountTable, place: str, counts: Counts) -> CountTable:
    frame = frame_of(table, place)
    found = _read(system, frame, table.counts, counts)
    margins = _read(system, frame, table.margins, counts)
    every = found | margins
    sensitive = frozenset(key for key in table.sensitive if every.get(key, 1) > 0)
    return replace(
        table, counts=MappingProxyType(found), margins=MappingProxyType(margins), sensitive=sensitive
    )  # fmt: skip


def _read(system: System, frame: Frame, keys: Mapping[Key, int], counts: Counts) -> dict[Key, int]:
    return {key: int(counts[system.cell(frame, key)]) for key in keys}
