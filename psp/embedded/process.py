"""Processes: telling them apart, starting them, ending them.

A process id alone proves nothing, because ids are reused. With the moment of its start it does.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from psp.embedded.account import Account

ON_LINUX = sys.platform.startswith("linux")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if ON_LINUX else None


@dataclass(frozen=True, slots=True)
class Process:
    """A process of this machine; `started` is the kernel's own mark of when (opaque)."""

    pid: int
    started: str


def identify(pid: int) -> Process | None:
    """The living process with this id, or None. One that ended but was not yet collected is None."""
    _collect(pid)
    started = _started_on_linux(pid) if ON_LINUX else _ask_ps(pid, "lstart")
    return Process(pid, started) if started else None


def _collect(pid: int) -> None:
    with contextlib.suppress(ChildProcessError, OSError):
        os.waitpid(pid, os.WNOHANG)


def _started_on_linux(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def _ask_ps(pid: int, column: str) -> str:
    argv = ["ps", "-ww", "-o", f"{column}=", "-p", str(pid)]
    answer = subprocess.run(argv, capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def is_alive(process: Process) -> bool:
    return identify(process.pid) == process


def command_of(pid: int) -> str:
    """The command line of a process; empty if it is gone."""
    if not ON_LINUX:
        return _ask_ps(pid, "command")
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def working_in(directory: Path) -> list[Process]:
    """Processes whose working directory this is (Linux only; elsewhere none is found)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*") if ON_LINUX else ():
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == directory and (process := identify(int(entry.name))):
                found.append(process)
    return found


def spawn(
    argv: Sequence[str],
    *,
    log: Path,
    account: Account | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    tie: signal.Signals | None = None,
    **more: Any,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, its output appended to `log`.

    `account` is whom it runs as; `tie` is the signal it gets when the process that started it dies
    (Linux), so that even a killed runner leaves nothing behind.
    """
    options: dict[str, Any] = {"stdin": subprocess.DEVNULL, **more}
    if account is not None:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    if tie is not None and _libc is not None:
        options["preexec_fn"] = _tied(tie)
    with open_log(log) as output:
        return subprocess.Popen(
            argv, stdout=output, stderr=subprocess.STDOUT, env=env, cwd=cwd, start_new_session=True, **options
        )


def _tied(tie: signal.Signals) -> Callable[[], None]:
    prctl, number = _libc.prctl if _libc else None, int(tie)
    return lambda: prctl(PR_SET_PDEATHSIG, number) if prctl else None


def tie_to_parent(tie: signal.Signals) -> None:
    """Send this process `tie` when the one that started it dies (Linux; elsewhere nothing)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(tie))


def open_log(path: Path) -> IO[bytes]:
    """A log file to append to, readable by its owner only."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def leave_running(started: subprocess.Popen[bytes]) -> None:
    """Let a server outlive us: keeps Python from warning that nobody waited for it."""
    started.returncode = 0


def end(process: Process, steps: Sequence[tuple[signal.Signals, float]], *, group: bool = False) -> bool:
    """Send each signal and wait its seconds, until the process is gone. True if it is."""
    for number, seconds in steps:
        send(process, number, group=group)
        if wait_until(lambda: not is_alive(process), seconds):
            return True
    return False


def send(process: Process, number: signal.Signals, *, group: bool = False) -> None:
    """Signal a process (or its whole group) if it still is the one we mean."""
    if is_alive(process):
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(process.pid, number)


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.02) -> bool:
    """Ask until it holds or the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every)
    return True
