"""The weekly grid as a form widget: 28 real checkboxes in seven fieldsets, whatever a script adds to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from intake.week import BLOCKS, CELLS, Block, Cell
from psp.calendar_text import NO_BREAK, WEEKDAYS

BLOCK_WORDS = {"morning": _("Morning"), "midday": _("Midday"), "afternoon": _("Afternoon"), "evening": _("Evening")}


def _quick(wanted: Callable[[Cell], bool]) -> str:
    return " ".join(code for code, cell in CELLS.items() if wanted(cell))


def quick_choices() -> list[dict[str, str]]:
    """Buttons that tick several boxes at once; without boxes, the one that clears them all."""
    return [
        {"label": gettext("Weekday evenings"),
         "cells": _quick(lambda cell: cell.day < 5 and cell.block.code == "evening")},
        {"label": gettext("Weekday daytime"),
         "cells": _quick(lambda cell: cell.day < 5 and cell.block.code != "evening")},
        {"label": gettext("Weekends"), "cells": _quick(lambda cell: cell.day > 4)},
        {"label": gettext("Clear all"), "cells": ""},
    ]  # fmt: skip


def hours_words(block: Block, language: str) -> str:
    """Short, because it stands in a small box: "9 to 12", « 9 à 12 h »."""
    start, end = block.start // 60, block.end // 60
    if language == "fr":
        return f"{start}{NO_BREAK}à {end}{NO_BREAK}h"
    return f"{start if start < 13 else start - 12}{NO_BREAK}to{NO_BREAK}{end if end < 13 else end - 12}"


def grid(name: str, ticked: Iterable[str], *, prefix: str = "") -> dict[str, Any]:
    """What `components/week_grid.html` shows: days with their boxes, and quick choices."""
    language, chosen = (get_language() or "en")[:2], set(ticked)
    days = [
        {"name": capital, "short": capital[:3],
         "cells": [box(Cell(day, block), chosen, prefix or name, language) for block in BLOCKS]}
        for day, capital in enumerate(day_name.capitalize() for day_name in WEEKDAYS[language])
    ]  # fmt: skip
    return {"name": name, "days": days, "quick": quick_choices()}


def box(cell: Cell, chosen: set[str], prefix: str, language: str) -> dict[str, Any]:
    return {
        "id": f"{prefix}_{cell.code}", "value": cell.code, "checked": cell.code in chosen,
        "word": BLOCK_WORDS[cell.block.code], "hours": hours_words(cell.block, language),
    }  # fmt: skip


class WeekGrid(forms.SelectMultiple):
    """Values are codes of boxes (`intake.week.CELLS`)."""

    template_name = "components/week_grid.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        prefix = (attrs or {}).get("id") or f"id_{name}"
        return {"grid": grid(name, value or (), prefix=prefix)}

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class WeekField(forms.MultipleChoiceField):
    """Boxes ticked in the grid, cleaned to their codes; `intake.week.from_cells` makes intervals of them."""

    widget = WeekGrid

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[(code, code) for code in CELLS], **kwargs)
