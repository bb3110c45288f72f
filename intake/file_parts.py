"""What apps above this one show in a person's file; they add their part when the site starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from intake.models import Participant
from psp.models import User


class Tab(StrEnum):
    """The tabs of a file, in their order. The code is also the anchor in the address."""

    NOW = "now"
    APPLICATION = "application-tab"
    CONSENTS = "consents-tab"
    GROUPS = "groups-tab"
    FILES = "files-tab"
    HISTORY = "history-tab"


LABELS = {
    Tab.NOW: _("Now"),
    Tab.APPLICATION: _("Application"),
    Tab.CONSENTS: _("Consents"),
    Tab.GROUPS: _("Groups"),
    Tab.FILES: _("Corrections and files"),
    Tab.HISTORY: _("History"),
}


@dataclass(frozen=True, slots=True)
class FilePart:
    """`context(participant, reader)` gives `template` its data; None leaves the part out.

    The file itself was opened and noted already: a part writes no access row of its own.
    """

    template: str
    context: Callable[[Participant, User], dict[str, Any] | None]
    tab: Tab
    order: int = 50


_parts: list[FilePart] = []


def add_part(part: FilePart) -> None:
    _parts.append(part)


def parts_for(participant: Participant, reader: User) -> list[dict[str, Any]]:
    """[{"template", "tab", …context}], in order."""
    found = []
    for part in sorted(_parts, key=lambda part: part.order):
        context = part.context(participant, reader)
        if context is not None:
            found.append({"template": part.template, "tab": part.tab, **context})
    return found


def tabs_of(parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """[{"code", "label", "parts"}]; tabs without any part are left out."""
    rows = list(parts)
    tabs = [
        {"code": tab.value, "label": LABELS[tab], "parts": [row for row in rows if row["tab"] == tab]} for tab in Tab
    ]
    return [tab for tab in tabs if tab["parts"]]
