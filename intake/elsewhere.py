"""Who else can help somebody for whom this program is not the right place, from the content files."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from psp.bilingual import reader_language
from psp.content import load
from psp.views import flatten


def other_services(reasons: Collection[str] = ()) -> list[dict[str, Any]]:
    """Services for everybody, and those for one of `reasons` (eligibility reason codes) first.

    Each: {"name", "what", "hours", "numbers": [{"kind", "display", "href", ["note"]}]} in the reader's language.
    """
    items = flatten(load("crisis_lines")["other_services"], reader_language())
    special = [item for item in items if item["reasons"] and not set(item["reasons"]).isdisjoint(reasons)]
    return special + [item for item in items if not item["reasons"]]
