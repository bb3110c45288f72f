"""Things about how those who lead are, for tests that look at every page."""

from __future__ import annotations

from typing import Any

from supporters.models import CareOffer, CheckInQuestion


def settings_of_wellbeing() -> dict[str, Any]:
    """What the administrators' addresses name, with a line of history each."""
    found: dict[str, Any] = {}
    for model, key in ((CareOffer, "assistance"), (CheckInQuestion, "rest")):
        row = model.objects.get(pk=key)
        row.save()
        name = f"history_supporters_{model._meta.model_name}"
        found |= {f"{name}_object": row, name: row.history.first()}
    return found
