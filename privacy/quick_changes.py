"""What people change about themselves at once; each app adds its own pages when it is ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class QuickChange:
    """A page of the portal on which something is changed without asking anybody."""

    label: Any
    url_name: str
    order: int = 50


_changes: list[QuickChange] = []


def add_quick_change(change: QuickChange) -> None:
    _changes.append(change)


def quick_changes() -> list[dict[str, Any]]:
    listed = sorted(_changes, key=lambda change: change.order)
    return [{"label": change.label, "url": reverse(change.url_name)} for change in listed]
