"""The weekly grid as a form widget: real checkboxes in a fieldset for each day, whatever a script adds to them.

28 are in sight; the early and the late hours unfold. A time that is kept but is no box has one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from intake.week import (
    BLOCKS,
    DAY_CELLS,
    NIGHT_BLOCKS,
    Block,
    Cell,
    Interval,
    in_words,
    is_code,
    other_code,
    other_times,
)
from psp.bilingual import reader_language
from psp.calendar_text import NO_BREAK, WEEKDAYS

BLOCK_WORDS = {
    "morning": _("Morning"), "midday": _("Midday"), "afternoon": _("Afternoon"), "evening": _("Evening"),
    "night": _("Night"), "early": _("Early morning"), "late": _("Late evening"),
}  # fmt: skip
NIGHT_HOURS = {"night": _("midnight to 6"), "early": _("6 to 9"), "late": _("9 to midnight")}


def _quick(wanted: Callable[[Cell], bool]) -> str:
    return " ".join(code for code, cell in DAY_CELLS.items() if wanted(cell))


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
    if block.code in NIGHT_HOURS:
        return str(NIGHT_HOURS[block.code])
    start, end = block.start // 60, block.end // 60
    if language == "fr":
        return f"{start}{NO_BREAK}à {end}{NO_BREAK}h"
    return f"{start if start < 13 else start - 12}{NO_BREAK}to{NO_BREAK}{end if end < 13 else end - 12}"


def grid(name: str, ticked: Iterable[str], *, prefix: str = "") -> dict[str, Any]:
    """What `components/week_grid.html` shows: days with their boxes, what unfolds, and quick choices."""
    language, chosen, prefix = reader_language(), set(ticked), prefix or name
    nights = days_with(NIGHT_BLOCKS, chosen, prefix, language)
    return {
        "name": name, "days": days_with(BLOCKS, chosen, prefix, language), "nights": nights,
        "nights_open": any(cell["checked"] for day in nights for cell in day["cells"]),
        "others": [other_box(span, prefix, language) for span in other_times(chosen)], "quick": quick_choices(),
    }  # fmt: skip


def days_with(blocks: Iterable[Block], chosen: set[str], prefix: str, language: str) -> list[dict[str, Any]]:
    return [
        {"name": capital, "short": capital[:3],
         "cells": [box(Cell(day, block), chosen, prefix, language) for block in blocks]}
        for day, capital in enumerate(day_name.capitalize() for day_name in WEEKDAYS[language])
    ]  # fmt: skip


def box(cell: Cell, chosen: set[str], prefix: str, language: str) -> dict[str, Any]:
    return {
        "id": f"{prefix}_{cell.code}", "value": cell.code, "checked": cell.code in chosen,
        "word": BLOCK_WORDS[cell.block.code], "hours": hours_words(cell.block, language),
    }  # fmt: skip


def other_box(span: Interval, prefix: str, language: str) -> dict[str, Any]:
    """A ticked box for a time that was given in another way; the person may untick it."""
    words = "; ".join(in_words([span], language))
    return {"id": f"{prefix}_{other_code(span)}", "value": other_code(span), "words": words[0].upper() + words[1:]}


class WeekGrid(forms.SelectMultiple):
    """Values are codes of boxes (`intake.week.CELLS`), and of other times that were kept."""

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
    """What is ticked in the grid, cleaned to codes; `intake.week.from_codes` makes intervals of them."""

    widget = WeekGrid

    def valid_value(self, value: Any) -> bool:
        return is_code(str(value))
