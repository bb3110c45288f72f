"""The processes of the program itself: started, watched and ended together.

Each one leads a process group of its own and leaves a note in PSP_DATA/run, by which the next start finds
and ends what a killed runner left behind.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from psp.embedded import paths, process
from psp.embedded.failures import ChildDiedError

GRACE_SECONDS = 8


class Children:
    """The running processes of one runner."""

    def __init__(self, data: Path, environment: Mapping[str, str]) -> None:
        self.data = data
        self.environment = environment
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, argv: Sequence[str], *, pass_fds: Sequence[int] = ()) -> None:
        """Start a process; its output goes to PSP_DATA/logs/<name>.log."""
        child = process.spawn(
            argv, log=self.log(name), env=self.environment, cwd=paths.project_root(), tie=signal.SIGTERM,
            pass_fds=tuple(pass_fds),
        )  # fmt: skip
        self.running[name] = child
        if identity := process.identify(child.pid):
            paths.write_json(self._note(name), {"pid": identity.pid, "started": identity.started})

    def run(self, name: str, argv: Sequence[str]) -> int:
        """Run a command to its end; its exit status."""
        self.start(name, argv)
        status = self.running[name].wait()
        self._forget(name)
        return status

    def log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"

    def check(self) -> None:
        """Raises ChildDiedError if one has ended by itself."""
        for name, child in self.running.items():
            if (status := child.poll()) is not None:
                how = f"exit status {status}" if status >= 0 else f"signal {-status}"
                raise ChildDiedError(
                    f"The {name} process ended by itself ({how}); what it said is in {self.log(name)}."
                )

    def stop(self) -> None:
        """Ask all to end, wait, then force whatever is left."""
        for child in self.running.values():
            _signal_group(child.pid, signal.SIGTERM, only_leader=True)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.0, deadline - time.monotonic()))
        self.kill()

    def kill(self) -> None:
        """End all at once, with whatever they started."""
        for name, child in list(self.running.items()):
            _signal_group(child.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=5)
            self._forget(name)

    def _forget(self, name: str) -> None:
        self.running.pop(name, None)
        self._note(name).unlink(missing_ok=True)

    def _note(self, name: str) -> Path:
        return self.data / "run" / f"{name}.json"


def _signal_group(leader: int, number: signal.Signals, *, only_leader: bool = False) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        (os.kill if only_leader else os.killpg)(leader, number)


def end_leftovers(data: Path) -> int:
    """End the processes that an earlier runner, killed itself, could not; how many."""
    steps = ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, 5))
    found = 0
    for note in sorted((data / "run").glob("*.json")):
        saved = paths.read_json(note)
        left = process.Process(int(saved.get("pid", 0)), str(saved.get("started", "")))
        if left.pid and process.is_alive(left):
            found += 1
            process.end(left, steps)
            _signal_group(left.pid, signal.SIGKILL)
        note.unlink(missing_ok=True)
    return found
