"""Settings of the kinds of group, from the rules' defaults. Idempotent: what an administrator changed is kept."""

from __future__ import annotations

from groups.models import KindSetting
from groups.rules import DEFAULTS

# A kind without a limit of its own still needs a room: this many, until an administrator says otherwise.
ROOM = 30


def load_kind_settings() -> None:
    """Create the settings that are missing."""
    for kind, item in DEFAULTS.items():
        KindSetting.objects.get_or_create(
            kind=kind.value,
            defaults={
                "min_size": item.min_size, "max_size": item.max_size or ROOM,
                "session_count": item.min_sessions, "minutes": item.minutes, "facilitators": item.facilitators,
            },
        )  # fmt: skip


def public_figures() -> dict[str, dict[str, int]]:
    """What the public pages say about each kind of group, as set now: {"formal": {"min", "max", "sessions", …}, …}."""
    return {
        kind: {
            "min": item.min_size, "max": item.max_size, "sessions": item.session_count, "minutes": item.minutes,
            "weeks": item.weeks_apart, "leads": item.facilitators,
        }
        for kind, item in KindSetting.objects.in_bulk().items()
    }  # fmt: skip
