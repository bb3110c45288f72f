"""Ctrl-C, SIGTERM and SIGHUP: the first asks for an orderly end, the second forces it."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType


class Interrupted(BaseException):
    """The person, or the system, asked the program to end."""


class Parent:
    """The `make` that started us. An interrupt sent to it alone never reaches us: it only waits for our end.

    What can be seen (on Linux) is that it then no longer handles the signal itself.
    """

    def __init__(self) -> None:
        self.status = Path(f"/proc/{os.getppid()}/status")
        self.watched = self._handles_interrupt()

    def _handles_interrupt(self) -> bool:
        try:
            text = self.status.read_text(encoding="ascii", errors="replace")
        except OSError:
            return False
        found = re.search(r"^SigCgt:\s*([0-9a-f]+)$", text, re.M)
        return found is not None and bool(int(found[1], 16) >> (signal.SIGINT - 1) & 1)

    def was_interrupted(self) -> bool:
        return self.watched and not self._handles_interrupt()


class Interruption:
    """Turns the signals into Interrupted, except while something must not be torn in two."""

    def __init__(self, parent: Parent | None = None) -> None:
        self.parent = parent
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

    def check(self) -> None:
        """Raises Interrupted if only our parent was told to end."""
        if self.parent is not None and self.parent.was_interrupted():
            raise Interrupted

    def ending(self, force: Callable[[], None]) -> None:
        """From now on the end is under way: signals no longer interrupt, they call `force`."""
        self.shielded, self.force = True, force
