"""What belongs on the desk's page of one group and is kept elsewhere; added when the site starts, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groups.models import PeerGroup
from psp.models import User


@dataclass(frozen=True, slots=True)
class GroupPart:
    """`context(group, reader)` gives `template` its data as `part`; None leaves the part out. A context with
    "tasks" ([{"text", ["url"]}]) adds what waits for somebody to act to the top of the page. With "read" come the
    rows about people that the part shows, for the access log.
    """

    template: str
    context: Callable[[PeerGroup, User], dict[str, Any] | None]
    order: int = 50


_parts: list[GroupPart] = []


def add_part(part: GroupPart) -> None:
    _parts.append(part)


def parts_for(group: PeerGroup, reader: User) -> list[dict[str, Any]]:
    """[{"template", …context}], in order."""
    found = []
    for part in sorted(_parts, key=lambda part: part.order):
        context = part.context(group, reader)
        if context is not None:
            found.append({"template": part.template, **context})
    return found
