"""What parts of the app show on a supporter's page under /care/; they add their part in their `register()`.

The page is for the supervisor at this person's side now, and for nobody else. A part that shows something about the
person writes the access log for it (`audit.record_reads(rows, purpose=Purpose.CARE)`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from psp.models import User


class PersonPart(NamedTuple):
    template: str
    context: Callable[[User, User], dict[str, Any] | None]
    order: int


_parts: list[PersonPart] = []


def add_part(template: str, context: Callable[[User, User], dict[str, Any] | None], order: int = 50) -> None:
    """`context(person, reader)` gives `template` its data as `part`; None leaves the part out."""
    _parts.append(PersonPart(template, context, order))


def parts_for(person: User, reader: User) -> list[dict[str, Any]]:
    """[{"template", …context}], in order."""
    found = []
    for part in sorted(_parts, key=lambda part: part.order):
        context = part.context(person, reader)
        if context is not None:
            found.append({"template": part.template, **context})
    return found
