"""Form fields for safe hours, day by day: what a phone offers for a time of day, with room for two spans each."""

from __future__ import annotations

from collections import defaultdict
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact.hours import DAY_END, Hours
from psp.calendar_text import WEEKDAYS

SPANS = 2


def add_hour_fields(form: forms.Form, hours: Hours, language: str) -> None:
    """Two spans for each weekday, more where more are kept, filled with `hours`."""
    kept: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for day, begin, end in hours:
        kept[day].append((begin, end))
    for day, name in enumerate(WEEKDAYS[language]):
        for number in range(max(SPANS, len(kept[day]))):
            span: tuple[int | None, int | None] = kept[day][number] if number < len(kept[day]) else (None, None)
            form.fields[f"from_{day}_{number}"] = _field(_("From"), name, span[0])
            form.fields[f"until_{day}_{number}"] = _field(_("Until"), name, span[1])


def _field(label: Any, day: str, minute: int | None) -> forms.TimeField:
    # The end of the day is 00:00, as the field of a phone can show it.
    shown = None if minute is None else time(minute % DAY_END // 60, minute % 60)
    widget = forms.TimeInput(attrs={"type": "time", "autocomplete": "off"}, format="%H:%M")
    return forms.TimeField(
        label=label, initial=shown, required=False, input_formats=["%H:%M", "%H:%M:%S"], widget=widget,
        error_messages={"invalid": _("Write a time such as 18:30.")},
    )  # fmt: skip


def hour_rows(form: forms.Form, language: str) -> list[dict[str, Any]]:
    """[{"name", "spans": [(from, until)], "more": [(from, until)], "open"}], as the page shows them."""
    rows = []
    for day, name in enumerate(WEEKDAYS[language]):
        spans = [(form[f"from_{day}_{number}"], form[f"until_{day}_{number}"]) for number in _numbers(form, day)]
        used = any(field.value() or field.errors for pair in spans[1:] for field in pair)
        rows.append({"name": name.capitalize(), "spans": spans[:1], "more": spans[1:], "open": used})
    return rows


def _numbers(form: forms.Form, day: int) -> list[int]:
    return [number for number in range(len(form.fields)) if f"from_{day}_{number}" in form.fields]


def read_spans(form: forms.Form) -> list[list[int]]:
    """[weekday, start, end] of every span that was filled in; errors go to their fields."""
    found = []
    for day in range(7):
        for number in _numbers(form, day):
            names = f"from_{day}_{number}", f"until_{day}_{number}"
            begin, end = (form.cleaned_data.get(name) for name in names)
            if begin is None and end is None:
                continue
            if begin is None or end is None:
                form.add_error(names[end is None], gettext("Fill in both times of this day, or neither."))
                continue
            start, stop = begin.hour * 60 + begin.minute, (end.hour * 60 + end.minute) or DAY_END
            if start >= stop:
                form.add_error(names[1], gettext("Choose a time after the first one."))
            else:
                found.append([day, start, stop])
    return found
