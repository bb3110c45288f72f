"""What may become of a message that is handed to somebody else for sending. Knows nothing of Django."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

# Held while a message itself leaves: a last "no" is raised on entering, before the first byte of it.
Gate = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class TextMessage:
    """`to`: "+" and digits. `reference` finds the message again and says nothing about anybody."""

    to: str
    body: str
    reference: str


class OutcomeUnknownError(Exception):
    """It was handed over, and the answer never came: it may be on its way, so it is never sent again."""


class NotTakenError(Exception):
    """It was not taken. `final`: trying again cannot help. `code`: the status of the answer, 0 without one."""

    def __init__(self, code: int, *, final: bool) -> None:
        super().__init__(code)
        self.code, self.final = code, final
