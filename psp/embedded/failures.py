"""What goes wrong when starting, said in one sentence to the person who started it."""

from __future__ import annotations

import errno

FULL_DISK_WORDS = ("No space left on device", "Disk quota exceeded")


class Refusal(Exception):
    """Starting is impossible until something is mended. The text is one sentence; exit status 2."""


class ChildDied(Exception):
    """A process that should go on has ended. The text names it and its log; exit status 1."""


def is_full_disk(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def full_disk(where: object) -> Refusal:
    return Refusal(f"The disk that holds {where} is full: free some space there, or set PSP_DATA to another disk.")
