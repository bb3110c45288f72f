"""One at a time: file locks that end with their process, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockTimeoutError(Exception):
    """Somebody else held the lock for the whole time."""


def acquire(path: Path, seconds: float) -> int:
    """Descriptor that holds the lock until it is closed. Raises LockTimeoutError after `seconds`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise LockTimeoutError(str(path)) from None
            time.sleep(0.05)
        else:
            return descriptor


@contextmanager
def locked(path: Path, seconds: float = 180) -> Iterator[None]:
    """Hold the lock inside the block."""
    descriptor = acquire(path, seconds)
    try:
        yield
    finally:
        os.close(descriptor)


def hold_shared(path: Path) -> int:
    """Descriptor that says "in use by me too" until it is closed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def try_exclusive(descriptor: int) -> bool:
    """Whether nobody else holds it any more."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
