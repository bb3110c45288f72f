"""How far a sender came with what it claimed: a file beside the ledger, for whoever finds the sender dead.

The file is there before the claim and goes once every outcome is noted. A message is marked right before its bytes
leave, and again after the mail server's answer; so at most one of a whole claim is in doubt. The sender holds a lock on
the file: the system lets go of it when the process ends, however it ends, and keeps it while the process stands still.

Marks are written, not forced onto the disk: they outlive every process. After a power cut they may be missing, so
they count only until the machine is started anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

LEAVING, TAKEN, BACK = "leaving", "taken", "back"
KNOWN = frozenset({LEAVING, TAKEN, BACK})
# A file without a claim is left for so long: its claim may be about to come. Seconds.
LEFT_OVER_AFTER = 24 * 3600


def folder() -> Path:
    return Path(settings.PSP_SEND_LEDGER).parent / "leaving"


@cache
def this_start() -> str:
    """Names this start of the machine; "" where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


class CannotNoteError(Exception):
    """The disk takes nothing: nothing may be claimed, and nothing may leave."""


class Marks:
    """The file of one claim. CannotNoteError where it cannot be made or written."""

    def __init__(self, claim: UUID) -> None:
        self.path = folder() / str(claim)
        with noting_on_disk():
            folder().mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._write(this_start())

    def note(self, mark: str, message: UUID) -> None:
        self._write(f"{mark} {message}")

    def _write(self, line: str) -> None:
        whole = f"{line}\n".encode()
        with noting_on_disk():
            if os.write(self._handle, whole) != len(whole):
                raise OSError("a mark was not written whole")

    def close(self, *, over: bool) -> None:
        """`over`: every outcome is noted. Otherwise the file stays for the sweep, which finds it unlocked."""
        if over:
            self.path.unlink(missing_ok=True)
        os.close(self._handle)


@contextlib.contextmanager
def noting_on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotNoteError from error


@dataclass(frozen=True, slots=True)
class Story:
    """`alive`: the sender still runs, or stands still. `marks`: the last mark of each message that has one."""

    alive: bool
    marks: dict[UUID, str]


def read(claim: UUID | None) -> Story | None:
    """What the sender left behind; None where nothing can be known of it any more."""
    try:
        with (folder() / str(claim)).open("rb") as file:
            return _story(alive=not _can_lock(file.fileno()), lines=file.read().decode("ascii").split("\n"))
    except (OSError, ValueError):
        return None


def _can_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _story(*, alive: bool, lines: list[str]) -> Story | None:
    start, *marked, rest = lines if len(lines) > 1 else ["", ""]
    if rest or not start or start != this_start():
        return None
    found: dict[UUID, str] = {}
    for line in marked:
        mark, _space, message = line.partition(" ")
        if mark not in KNOWN:
            return None
        found[UUID(message)] = mark
    return Story(alive, found)


def forget(claim: UUID) -> None:
    """The sender is dead and everything of its claim is settled."""
    (folder() / str(claim)).unlink(missing_ok=True)


def left_over() -> Iterator[UUID]:
    """Claims whose files are old: their senders died after everything was noted, or before anything was claimed."""
    with contextlib.suppress(OSError):
        for path in folder().iterdir():
            with contextlib.suppress(OSError, ValueError):
                if time.time() - path.stat().st_mtime > LEFT_OVER_AFTER:
                    yield UUID(path.name)
