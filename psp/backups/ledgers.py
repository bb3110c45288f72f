"""A sealed copy of the ledgers beside every backup, so that an end that was cut off them shows when coming back.

The ledgers outlive a backup, and a restore needs them whole: what happened after the moment stands there and nowhere
else. Each sealing of the log takes them along; a restore looks whether the ledgers on the disk still know all of that.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from psp.backups import stream
from psp.backups.taking import BackupFailed, private

LEDGERS = "ledgers"


def seal_ledgers(paths: Iterable[Path], folder: Path, key: bytes) -> int:
    """Seal each ledger that changed since; how many. A newer copy takes the place of the older in one step."""
    target, done = folder / LEDGERS, 0
    for path in paths:
        if not path.exists() or _is_sealed(path, target / path.name):
            continue
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = target / f"{path.name}.new"
        with path.open("rb") as ledger, private(unfinished) as file:
            written = os.fstat(ledger.fileno()).st_mtime_ns
            stream.seal(ledger, file, key, name=path.name)
            file.flush()
            os.fsync(file.fileno())
        os.utime(unfinished, ns=(written, written))
        unfinished.rename(target / path.name)
        done += 1
    return done


def _is_sealed(path: Path, sealed: Path) -> bool:
    """The copy carries the time of what was copied."""
    return sealed.exists() and sealed.stat().st_mtime_ns == path.stat().st_mtime_ns


def check_ledger(path: Path, folder: Path, key: bytes, *, take: bool = False) -> None:
    """BackupFailed where the ledger at `path` lacks the end that this backup knows; `take` adds it from the copy.

    Old lines may be gone from its beginning. One that ends with what the copy never knew is not touched: somebody has
    to look at the two.
    """
    sealed = folder / LEDGERS / path.name
    if not sealed.exists():
        return
    with sealed.open("rb") as source:
        known = _lines(b"".join(stream.opened(source, key, name=path.name)))
    here = _lines(path.read_bytes()) if path.exists() else []
    if not known or known[-1] in here:
        return
    if here and here[-1] not in known:
        raise BackupFailed(f"{path.name} here and in the backup tell different things. Find out which one is right.")
    missing = known[known.index(here[-1]) + 1 :] if here else known
    if not take:
        raise BackupFailed(
            f"The end of {path.name} is missing here: {len(missing)} lines that the backup knows. Put the newest copy"
            " back, or take them from the backup with --take-ledgers."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with private(path) as file:
        file.write(b"".join([*here, *missing]))
        file.flush()
        os.fsync(file.fileno())


def _lines(content: bytes) -> list[bytes]:
    """Without what follows the last newline: it was never finished."""
    return [line for line in content.splitlines(keepends=True) if line.endswith(b"\n")]
