"""The command `propose_groups`: JSON on standard output, or exit 2 and one clear line. No database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from groups.management.commands.propose_groups import Command

ROOT = Path(__file__).resolve().parents[2]
PROBLEM = {
    "size": {"min": 2, "max": 3},
    "facilitators_per_group": 1,
    "people": [{"id": "p1", "waiting_days": 5}, {"id": "p2"}, {"id": "p3", "languages": ["fr"]}, {"id": "p4"}],
    "facilitators": [{"id": "f1", "languages": ["en"]}],
    "slots": [[1110, 1200]],
    "keep_apart": [["p1", "p4"]],
}


def run(*arguments: str) -> None:
    Command().run_from_argv(["manage.py", "propose_groups", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(PROBLEM), encoding="utf-8")
    return path


def test_propose_groups_prints_the_answer_and_nothing_else(file: Path) -> None:
    """In a process of its own: the solver's library would greet on the same standard output."""
    command = [sys.executable, "manage.py", "propose_groups", "--input", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    answer.pop("seconds")
    assert answer == {
        "status": "optimal", "placed": 2, "bound": 2, "waiting_days": 5,
        "proven": ["placed", "waiting_days", "sizes"],
        "groups": [
            {
                "members": ["p1", "p2"], "facilitators": ["f1"], "slot": [1110, 1200], "language": "en",
                "modality": None, "region": None, "composition": "any",
            }
        ],
        "unplaced": [
            {"id": "p3", "reason": "no_facilitator", "missing": answer["unplaced"][0]["missing"]},
            {"id": "p4", "reason": "kept_apart"},
        ],
    }  # fmt: skip
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("content", "seconds", "message"),
    [
        (b"{", "10", "input: not JSON"),
        (b"\xff\xfe", "10", "UTF-8"),
        (json.dumps(PROBLEM).encode(), "0", "time-limit"),
        (json.dumps(PROBLEM).encode(), "nan", "time-limit"),
        (b'{"people": [{"id": "p1", "age": 3}]}', "10", "people[0].age: is not known here"),
        (b'{"people": [{"id": "a\\nb"}, {"id": "a\\nb"}]}', "10", "people[1].id"),
    ],
)
def test_propose_groups_bad_input_is_exit_2_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, seconds: str, message: str
) -> None:
    path = tmp_path / "problem.json"
    path.write_bytes(content)
    with pytest.raises(SystemExit) as stopped:
        run("--input", str(path), "--time-limit", seconds)
    captured = capsys.readouterr()
    assert stopped.value.code == 2
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.count("\n") == 1


def test_propose_groups_names_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("--input", "not-there.json")
    assert stopped.value.code == 2
    assert "input: cannot be read" in capsys.readouterr().err
