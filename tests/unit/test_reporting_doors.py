"""Raw counts have one way out: counting, then disclosure control, then the record. Told from the code itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("psp", "privacy", "consent", "contact", "intake", "supporters", "groups", "sessions", "reporting", "demo")
# Names of disclosure control and of counting that hold raw counts, make protected tables or open kept ones.
CLOSED = frozenset(
    {"CountTable", "Tally", "count_tables", "fit", "protect", "protect_json", "protect_request", "protect_together",
     "restore", "sealed"}
)  # fmt: skip
FROM = ("reporting.disclosure", "reporting.protection", "reporting.counting", "reporting.counters")
# Who may: the engine, what counts, the record, and the command that takes its counts from a file. Marks of colour are
# counted by `supporters` alone, each month once; waits of the public page have no table.
MAY = (
    "disclosure.py", "protection/", "counting.py", "counters/", "record.py", "freezing/one_period.py",
    "freezing/corrections.py", "management/commands/protect_table.py", "wellbeing.py",
)  # fmt: skip


def sources() -> Iterator[Path]:
    for app in APPS:
        yield from (path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts)


def taken(tree: ast.AST) -> Iterator[str]:
    """Closed names that a module takes from where they are, by whichever way of writing it."""
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (one.name for one in node.names if node.module.startswith(FROM) and one.name in {*CLOSED, "*"})
            modules |= {one.asname or one.name for one in node.names if f"{node.module}.{one.name}".startswith(FROM)}
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith(FROM))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield from {node.attr} & CLOSED


def asks_a_counter(tree: ast.AST) -> bool:
    """Calls what a counter counts by: `.count(` or `.measures(` of what `counter(…)` gave."""
    named = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_counter(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in ("count", "measures")
        and (_is_counter(node.value) or (isinstance(node.value, ast.Name) and node.value.id in named))
        for node in ast.walk(tree)
    )


def _is_counter(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "counter"


def may(path: Path) -> bool:
    return path.relative_to(ROOT).as_posix().startswith(tuple(f"reporting/{name}" for name in MAY))


def test_nobody_but_the_record_takes_what_holds_raw_counts():
    wrong = {
        path.relative_to(ROOT).as_posix(): sorted(names)
        for path in sources()
        if not may(path) and (names := set(taken(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert wrong == {}


def test_nobody_but_the_record_asks_a_counter():
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if not may(path) and asks_a_counter(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "code",
    [
        "from reporting.disclosure import protect",
        "from reporting.protection.types import CountTable as Innocent",
        "from reporting import disclosure\ndisclosure.protect_together([])",
        "import reporting.counting",
        "from reporting.counting import *",
    ],
)
def test_walk_notices_every_way_in(code):
    assert list(taken(ast.parse(code)))


@pytest.mark.parametrize(
    "code", ["counter('people').count(period, ())", "which = counter('x')\nwhich.count(period, ())"]
)
def test_walk_notices_a_count(code):
    assert asks_a_counter(ast.parse(code))


# Types ------------------------------------------------------------------------------------------------------

SHOWN = """
from reporting.disclosure import CountTable, Key, ProtectedTable
from reporting.releases.pages import grid


def page(safe: ProtectedTable, raw: CountTable, counts: dict[Key, int]) -> None:
    grid(safe, "")
    grid(raw, "")  # wrong
    grid(counts, "")  # wrong
"""


def test_type_checker_refuses_raw_counts_where_figures_are_shown(tmp_path):
    shown = tmp_path / "shown.py"
    shown.write_text(SHOWN, encoding="utf-8")
    files = ["reporting/releases/pages.py", "reporting/disclosure.py", "reporting/protection/types.py"]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=", "--follow-imports=skip", "--explicit-package-bases",
         f"--cache-dir={tmp_path / 'cache'}", str(shown), *files],
        cwd=ROOT, env={"MYPYPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    told = [line for line in checked.stdout.splitlines() if "shown.py" in line]
    wrong = [number for number, line in enumerate(SHOWN.splitlines(), start=1) if line.endswith("# wrong")]
    assert len(told) == len(wrong), checked.stdout
    for number, line in zip(wrong, told, strict=True):
        assert f"shown.py:{number}: error" in line
        assert "arg-type" in line


@pytest.mark.parametrize("raw", [{("all",): 3}, None, 3, [("QC", 3)]])
def test_what_shows_figures_refuses_anything_else_when_it_runs(raw):
    from reporting.present import protected
    from reporting.releases.pages import grid

    for show in (protected, lambda table: grid(table, "")):
        with pytest.raises(TypeError):
            show(raw)
