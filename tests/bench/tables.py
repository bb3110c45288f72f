"""Protecting tables of counts: seconds, memory and how much is hidden, beside pytauargus with the same promise.

Each table is protected in a process of its own. Both answers are judged by the same linear programs, written here.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import chdir
from itertools import product
from pathlib import Path
from random import Random
from statistics import mean
from types import MappingProxyType
from typing import Any

from reporting.disclosure import ALL, CountTable, Key, protect_together
from tests.bench.figures import Figure

T = 10
SEEDS = range(1, 6)
SIZES = ((20, 15, 2.0), (60, 13, 20.0))
LINKED = (7, 4, 12)


def a_table(seed: int, rows: int, columns: int) -> CountTable:
    """Skewed, as counts of people are: a tenth of the cells empty, nearly a fifth small."""
    chance = Random(seed)
    names = tuple(f"r{at:02}" for at in range(rows)), tuple(f"c{at:02}" for at in range(columns))
    return CountTable(("row", "column"), names, MappingProxyType({key: _count(chance) for key in product(*names)}))


def _count(chance: Random) -> int:
    lot = chance.random()
    if lot < 0.1:
        return 0
    return chance.randint(1, T - 1) if lot < 0.28 else int(T + chance.paretovariate(1.1) * 8)


def linked_tables(seed: int) -> list[CountTable]:
    """Three breakdowns of the same people, two dimensions each."""
    chance = Random(seed)
    dimensions = ("region", "language", "kind")
    sizes = zip(dimensions, LINKED, strict=True)
    names = [tuple(f"{name}{at:02}" for at in range(size)) for name, size in sizes]
    counts = {key: chance.choice((0, 0, 0, 1, 1, 2, 3, 5, 8, 20)) for key in product(*names)}
    return [_rolled_up(counts, dimensions, pair) for pair in ((0, 1), (0, 2), (1, 2))]


def _rolled_up(counts: Mapping[Key, int], dimensions: tuple[str, ...], places: tuple[int, ...]) -> CountTable:
    found: dict[Key, int] = {}
    for key, count in counts.items():
        short = tuple(key[place] for place in places)
        found[short] = found.get(short, 0) + count
    categories = tuple(tuple(sorted({key[at] for key in found})) for at in range(len(places)))
    return CountTable(tuple(dimensions[place] for place in places), categories, MappingProxyType(found))


def figures() -> list[Figure]:
    return [figure for rows, columns, seconds in SIZES for figure in _beside(rows, columns, seconds)] + _linked()


def _beside(rows: int, columns: int, seconds: float) -> Iterator[Figure]:
    name = f"table of {rows} × {columns}"
    ours = [_in_own_process("ours", seed, rows, columns) for seed in SEEDS]
    theirs = [_in_own_process("theirs", seed, rows, columns) for seed in SEEDS]
    slowest, memory = max(one["seconds"] for one in ours), max(one["memory"] for one in ours)
    floor = round(max(one["seconds"] for one in theirs), 2)
    yield Figure(
        f"{name}, slowest of 5", round(slowest, 2), "s", floor, round(slowest / floor, 2), f"under {seconds:g} s"
    )
    yield Figure(f"{name}, memory", round(memory), "MB", None, None, "under 500 MB")
    hidden, least = mean(one["hidden"] for one in ours), mean(one["hidden"] for one in theirs)
    yield Figure(f"{name}, hidden on average", hidden, "values", least, round(hidden / least, 3), "1 or less")
    open_ones, floor_open = (sum(one["narrowed"] for one in side) for side in (ours, theirs))
    yield Figure(f"{name}, small counts worked out", open_ones, "", floor_open, None, "0")
    yield Figure(f"{name}, proven best", sum(one["optimal"] for one in ours), "of 5", None, None, "5")


def _linked() -> list[Figure]:
    made = [_in_own_process("linked", seed, 0, 0) for seed in SEEDS]
    name = "three linked tables, 7 × 4 × 12"
    return [
        Figure(f"{name}, slowest of 5", round(max(one["seconds"] for one in made), 2), "s", None, None, "under 20 s"),
        Figure(f"{name}, hidden on average", mean(one["hidden"] for one in made), "values", None, None, ""),
        Figure(f"{name}, proven best", sum(one["optimal"] for one in made), "of 5", None, None, "5"),
    ]


def _in_own_process(which: str, *numbers: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.tables", which, *map(str, numbers)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def measured(which: str, seed: int, rows: int, columns: int) -> dict[str, Any]:
    if which == "linked":
        tables = linked_tables(seed)
        begun = time.perf_counter()
        made = protect_together(tables, T)
        return {"seconds": time.perf_counter() - begun, "optimal": made.optimal,
                "hidden": sum(one.suppressed for one in made.tables)}  # fmt: skip
    table = a_table(seed, rows, columns)
    begun = time.perf_counter()
    if which == "ours":
        made = protect_together([table], T)
        hidden, optimal = {key for key, value in made.tables[0].values.items() if value is None}, made.optimal
    else:
        hidden, optimal = pytauargus(table), True
    seconds, memory = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "memory": memory, "optimal": optimal, "hidden": len(hidden),
            "narrowed": worked_out(everything(table), hidden)}  # fmt: skip


def everything(table: CountTable) -> dict[Key, int]:
    found = dict.fromkeys(product(*((*names, ALL) for names in table.categories)), 0)
    for (row, column), count in table.counts.items():
        for key in product((row, ALL), (column, ALL)):
            found[key] += count
    return found


# Another engine --------------------------------------------------------------------------------------------------

DESCRIPTION = """<SEPARATOR> ";"
<SAFE> "S"
<UNSAFE> "U"
<PROTECT> "P"
row
<RECODEABLE>
<TOTCODE> "T"
column
<RECODEABLE>
<TOTCODE> "T"
count
<NUMERIC>
cost
<NUMERIC> <COSTVAR>
lower
<NUMERIC> <LOWERPL>
upper
<NUMERIC> <UPPERPL>
status
<STATUS>
"""
BATCH = """<OPENTABLEDATA> "t.tab"
<OPENMETADATA> "t.rda"
<SPECIFYTABLE> "row""column"|"count"|""|"cost"
<SAFETYRULE>
<READTABLE> 1
<SUPPRESS> OPT(1,10)
<WRITETABLE> (1,5,SO+,"out.tab")
"""


def pytauargus(table: CountTable) -> set[Key]:
    """Its optimal suppression, told the same: each value costs 1, hidden counts are at least 1, and every small count
    must be open down to 1 and up to the threshold."""
    from pytauargus.engine import Engine, run_batch

    Engine._table_cell_bounds = lambda self, tab: (1.0, 1e6)
    numbers = everything(table)
    # Its solvers leave their logs wherever they are called.
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        lines = []
        for (row, column), count in numbers.items():
            small = 0 < count < T
            levels = f"{count - 1};{T - count};U" if small else "0;0;S"
            if count:
                lines.append(f"{'T' if row == ALL else row};{'T' if column == ALL else column};{count};1;{levels}")
        (Path(folder) / "t.tab").write_text("\n".join(lines) + "\n")
        (Path(folder) / "t.rda").write_text(DESCRIPTION)
        (Path(folder) / "b.arb").write_text(BATCH)
        run_batch(str(Path(folder) / "b.arb"))
        rows = [line.replace('"', "").split(";" if ";" in line else ",") for line in
                (Path(folder) / "out.tab").read_text().splitlines()]  # fmt: skip
    names = [
        (ALL if row == "T" else row, ALL if column == "T" else column, status)
        for row, column, _, _, _, status, *_ in rows
    ]
    return {(row, column) for row, column, status in names if status in ("U", "M")}


# The judge of both -----------------------------------------------------------------------------------------------


def worked_out(numbers: Mapping[Key, int], hidden: set[Key]) -> int:
    """How many small counts cannot be both 1 (or what zeros make the least) and the threshold, by linear programs."""
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("GLOP")
    columns = {
        key: solver.NumVar(1, solver.infinity(), "") if key in hidden else solver.NumVar(count, count, "")
        for key, count in numbers.items()
    }  # fmt: skip
    rows, names = ({key[at] for key in numbers} - {ALL} for at in (0, 1))
    for row in {*rows, ALL}:
        solver.Add(sum(columns[row, name] for name in sorted(names)) == columns[row, ALL])
    for name in names:
        solver.Add(sum(columns[row, name] for row in sorted(rows)) == columns[ALL, name])
    found = 0
    for key, count in numbers.items():
        if not 0 < count < T:
            continue
        parts = [number for cell, number in numbers.items() if ALL not in cell and number
                 and all(mark in (ALL, name) for mark, name in zip(key, cell, strict=True))]  # fmt: skip
        ends = []
        for aim in (solver.Minimize, solver.Maximize):
            aim(columns[key])
            status = solver.Solve()
            assert status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.UNBOUNDED), "the judge has no answer"
            ends.append(columns[key].solution_value() if status == pywraplp.Solver.OPTIMAL else float("inf"))
        found += ends[0] > len(parts) + 1e-6 or ends[1] < T - 1e-6
    return found


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], *map(int, sys.argv[2:]))))
