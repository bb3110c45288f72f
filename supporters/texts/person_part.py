"""On a supporter's page, for the supervisor at their side: a version of the agreement that they have yet to read."""

from __future__ import annotations

from typing import Any

from psp.models import User
from supporters.choices import TextKind
from supporters.models import Pairing
from supporters.texts.pages import day
from supporters.texts.reading import needs_acknowledging


def to_read(person: User, reader: User) -> dict[str, Any] | None:
    """None where nothing waits, and for whoever is not at their side: there may be any reason for it."""
    if not Pairing.objects.standing().filter(user=person, supervisor=reader).exists():
        return None
    texts = [text for text in needs_acknowledging(person) if text.kind != TextKind.PROTOCOL]
    lines = [{"number": text.number, "since": day(text.published_at)} for text in texts]
    return {"lines": lines} if lines else None
