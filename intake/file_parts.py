"""What apps above this one show in a person's file; they add their part in their `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from intake.models import Participant
from psp.models import User


@dataclass(frozen=True, slots=True)
class FilePart:
    """`context(participant, reader)` gives `template` its data; None leaves the part out.

    The file itself was opened and noted already: a part writes no access row of its own.
    """

    template: str
    context: Callable[[Participant, User], dict[str, Any] | None]
    order: int = 50


_parts: list[FilePart] = []


def add_part(part: FilePart) -> None:
    _parts.append(part)


def parts_for(participant: Participant, reader: User) -> list[dict[str, Any]]:
    """[{"template", …context}], in order."""
    found = []
    for part in sorted(_parts, key=lambda part: part.order):
        context = part.context(participant, reader)
        if context is not None:
            found.append({"template": part.template, **context})
    return found
