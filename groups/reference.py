"""Settings of the kinds of group, from the rules' defaults. Idempotent: what an administrator changed is kept."""

from __future__ import annotations

from groups.choices import GroupKind
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
                "session_count": item.min_sessions, "minutes": item.minutes,
            },
        )  # fmt: skip


def public_figures() -> dict[str, int]:
    """What the public front page says about the groups, as set now."""
    settings = KindSetting.objects.in_bulk()
    formal, informal = settings.get(GroupKind.FORMAL), settings.get(GroupKind.INFORMAL)
    if formal is None or informal is None:
        return {}
    return {
        "formal_min": formal.min_size, "formal_max": formal.max_size, "formal_sessions": formal.session_count,
        "informal_sessions": informal.session_count, "minutes": formal.minutes,
    }  # fmt: skip
