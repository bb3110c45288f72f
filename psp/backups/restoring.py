"""Restoring: the server's files as they were, then its log up to a moment. The server does the rest when it starts.

Nothing is opened to people afterwards before the ledgers were replayed (docs/operations/recovery.md).
"""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from psp.backups import stream
from psp.backups.taking import BASE, WAL, BackupFailed

LOG_FOLDER = "restored_wal"


def restore(folder: Path, cluster: Path, key: bytes, *, until: datetime, owner: tuple[int, int] | None = None) -> None:
    """Make `cluster`, which must not exist or be empty, so that a server started on it is as at `until`.

    `owner`: the account that the server runs as, if it is not this one. Raises stream.BackupBroken or BackupFailed;
    then nothing is left there.
    """
    if cluster.exists() and any(cluster.iterdir()):
        raise BackupFailed("There is something in that folder already: a restore only fills an empty one.")
    cluster.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        _unpack(folder / BASE, cluster, key)
        _unseal_wal(folder / WAL, cluster / LOG_FOLDER, key)
        _ask_for(cluster, until)
        _give_to(cluster, owner)
    except BaseException:
        shutil.rmtree(cluster)
        raise


class _Pieces(io.RawIOBase):
    """Pieces as a file that tarfile can read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def] # as in RawIOBase
        if not self.rest:
            self.rest = next(self.pieces, b"")
        count = min(len(buffer), len(self.rest))
        buffer[:count] = self.rest[:count]
        self.rest = self.rest[count:]
        return count


def _unpack(path: Path, cluster: Path, key: bytes) -> None:
    with path.open("rb") as source:
        pieces = stream.opened(source, key, name=BASE)
        with tarfile.open(fileobj=io.BufferedReader(_Pieces(pieces)), mode="r|") as archive:
            for member in archive:
                # The server's own files, made by us and proven whole: permissions as they were, nothing outside.
                archive.extract(member, cluster, filter="tar")
        for _rest in pieces:
            pass  # to the last piece, which says that nothing was cut off


def _unseal_wal(source: Path, target: Path, key: bytes) -> None:
    target.mkdir(mode=0o700)
    for path in sorted(source.iterdir()) if source.is_dir() else ():
        with path.open("rb") as sealed, (target / path.name).open("wb") as file:
            for piece in stream.opened(sealed, key, name=path.name):
                file.write(piece)


def _ask_for(cluster: Path, until: datetime) -> None:
    moment = until.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
    with (cluster / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.write(
            f"restore_command = 'cp {LOG_FOLDER}/%f %p'\nrecovery_target_time = '{moment}'\n"
            "recovery_target_action = 'promote'\n"
        )
    (cluster / "recovery.signal").touch()


def _give_to(cluster: Path, owner: tuple[int, int] | None) -> None:
    cluster.chmod(0o700)
    if owner is not None:
        for path in (cluster, *cluster.rglob("*")):
            os.chown(path, *owner, follow_symlinks=False)
