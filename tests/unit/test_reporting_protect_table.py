"""The command `protect_table`: JSON on standard output, or exit 2 and one clear line. No database."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from reporting.management.commands.protect_table import Command

TABLE = {"dimensions": ["region"], "cells": [{"region": "QC", "count": 7}, {"region": "ON", "count": 40}]}


def run(*arguments: str) -> None:
    Command().run_from_argv(["manage.py", "protect_table", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "table.json"
    path.write_text(json.dumps(TABLE), encoding="utf-8")
    return path


def test_protect_table_prints_the_answer(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--input", str(file))
    answer = json.loads(capsys.readouterr().out)
    assert answer.pop("optimal") in (True, False)
    assert answer == {
        "threshold": 10,
        "audited": True,
        "cells": [
            {"region": "ON", "value": None},
            {"region": "QC", "value": None},
            {"region": "*", "value": 47},
        ],
        "suppressed": 2,
    }


def test_protect_table_takes_a_lower_threshold(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--input", str(file), "--threshold", "5")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["threshold"], answer["suppressed"]) == (5, 0)
    assert answer["cells"][-1] == {"region": "*", "value": 47}


def test_protect_table_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(TABLE).encode())))
    run("--input", "-")
    assert json.loads(capsys.readouterr().out)["suppressed"] == 2


@pytest.mark.parametrize(
    ("content", "threshold", "message"),
    [
        (b"{", "10", "not JSON"),
        (b"\xff\xfe", "10", "UTF-8"),
        (json.dumps(TABLE).encode(), "4", "5 or more"),
        (json.dumps(TABLE).encode(), "many", "whole number"),
        (b'{"dimensions": ["a"], "cells": [{"a": "x", "count": -1}]}', "10", "cells[0].count"),
        (b'{"dimensions": ["a\\nb", "a\\nb"], "cells": []}', "10", "dimensions[1]"),
    ],
)
def test_protect_table_bad_input_is_exit_2_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, threshold: str, message: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(SystemExit) as stopped:
        run("--input", str(path), "--threshold", threshold)
    output = capsys.readouterr()
    assert stopped.value.code == 2
    assert output.out == ""
    assert message in output.err
    assert output.err.count("\n") == 1


def test_protect_table_missing_file_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("--input", str(tmp_path / "nothing.json"))
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
