"""Data directories of their own: nothing here touches the servers that the other tests use."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from psp.embedded import home, paths
from psp.embedded.servers import Servers, ensure_servers, remove_servers

ROOT = paths.project_root()
# What the tests around may have set, and a person's shell would not.
NOT_INHERITED = (
    "DATABASE",
    "KEYS_DATABASE",
    "REDIS",
    "PSP_",
    "EMAIL",
    "SECRET_KEY",
    "ALLOWED",
    "CSRF",
    "PORT",
    "DJANGO",
)


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty data directory; its servers are stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="psp-test-"))
    yield folder / "data"
    if (folder / "data").exists():
        remove_servers(folder / "data")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def used() -> Iterator[Path]:
    """A data directory that a module's tests use one after the other: its tables are made only once."""
    folder = Path(tempfile.mkdtemp(prefix="psp-test-"))
    yield folder / "data"
    remove_servers(folder / "data")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Running servers that a module's tests only look at."""
    folder = Path(tempfile.mkdtemp(prefix="psp-test-"))
    yield ensure_servers(folder)
    remove_servers(folder)
    shutil.rmtree(folder)


def home_of(data: Path) -> home.Home:
    """Where the servers of this data directory live."""
    found = home.find_home(data.resolve())
    assert found is not None
    return found


def clean_environment(data: Path, **more: str) -> dict[str, str]:
    """A person's environment, with this data directory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
    return kept | {"PSP_DATA": str(data), "PSP_EMBEDDED_FAST": "1", "PORT": "0"} | more


def python(code: str, data: Path) -> subprocess.Popen[str]:
    """Another Python process in the checkout."""
    return subprocess.Popen(
        [sys.executable, "-c", code, str(data)], cwd=ROOT, text=True, env=clean_environment(data),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@pytest.fixture(autouse=True, scope="session")
def _heard_ctrl_c() -> None:
    """As from a terminal. What a shell puts in the background is told to ignore it, and so is all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


RUNNER = (sys.executable, "-m", "psp.embedded.run")


class Run:
    """A runner under test and what it has said so far."""

    def __init__(self, data: Path, log: Path, command: Sequence[str] = RUNNER, **environment: str) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=clean_environment(data, **environment),
                stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_ready(self, seconds: float = 240) -> str:
        """The address after "Ready:"."""
        deadline = time.monotonic() + seconds
        while "Ready: " not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)
        return self.said.split("Ready: ")[1].split()[0]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = 240) -> int:
        return self.process.wait(timeout=seconds)


@pytest.fixture
def start(data: Path, tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Start runners on an empty data directory; whatever still runs afterwards is ended."""
    yield from starter(data, tmp_path)


def starter(data: Path, logs: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start_one(**environment: str) -> Run:
        runs.append(Run(data, logs / f"run-{len(runs)}.log", **{"PSP_DEMO": "0", **environment}))
        return runs[-1]

    yield start_one
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
            run.wait()


def processes_of(data: Path) -> list[str]:
    """Command lines of living processes that belong to this data directory, its servers included."""
    place = paths.read_json(data / "servers.json").get("home", data)
    found = (_command_if_of(entry, data, Path(place)) for entry in Path("/proc").glob("[0-9]*"))
    return [command for command in found if command]


def _command_if_of(entry: Path, data: Path, place: Path) -> str:
    """One that has ended but was not collected yet has no command line."""
    try:
        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        environment = (entry / "environ").read_bytes().decode(errors="replace")
        inside = (entry / "cwd").readlink().is_relative_to(place)
    except OSError:
        return ""
    ours = inside or str(data) in command or f"PSP_DATA={data}\0" in environment
    return command if ours and entry.name != str(os.getpid()) else ""
