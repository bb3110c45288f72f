"""What goes wrong when starting, said in one sentence to the person who started it."""

from __future__ import annotations

import errno
from pathlib import Path

FULL_DISK_WORDS = ("No space left on device", "Disk quota exceeded")


class StartError(Exception):
    """Starting is impossible until something is mended. The text is one sentence; exit status 2."""


class ChildDiedError(Exception):
    """A process that should go on has ended. The text names it and its log; exit status 1."""


def is_full_disk(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def full_disk(where: object) -> StartError:
    return StartError(f"The disk that holds {where} is full: free some space there, or set PSP_DATA to another disk.")


def log_end(log: Path, since: int) -> str:
    """What a log says from the byte `since` on."""
    with log.open("rb") as file:
        file.seek(since)
        return file.read().decode("utf-8", errors="replace")


def says_full_disk(text: str) -> bool:
    return any(words in text for words in FULL_DISK_WORDS)
