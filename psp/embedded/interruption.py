"""Ctrl-C, SIGTERM and SIGHUP: the first asks for an orderly end, the second forces it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted(BaseException):
    """The person, or the system, asked the program to end."""


class Interruption:
    """Turns the signals into Interrupted, except while something must not be torn in two."""

    def __init__(self) -> None:
        self.asked = False
        self.shielded = False
        self.force: Callable[[], None] | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup the hang-up of the terminal is to be ignored.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.force is not None:
            self.force()
        self.asked = True
        if not self.shielded:
            raise Interrupted

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Put the interruption off until the block is done, e.g. while a process is being started."""
        self.shielded = True
        try:
            yield
        finally:
            self.shielded = False
        if self.asked:
            raise Interrupted

    def ending(self, force: Callable[[], None]) -> None:
        """From now on the end is under way: signals no longer interrupt, they call `force`."""
        self.shielded, self.force = True, force
