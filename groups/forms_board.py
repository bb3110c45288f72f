"""Small forms of the board: one more group, and what is tried before deciding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from groups.board_words import time_of_week
from groups.heat_map import further_times
from groups.models import Forming
from groups.pool import Pool
from intake.choices import Composition, Modality
from psp.bilingual import reader_language
from psp.choices import Language
from psp.models import Region

NOTHING = ("", _("as it is"))


class NewGroupForm(forms.Form):
    minute = forms.TypedChoiceField(label=_("When"), coerce=int)
    language = forms.ChoiceField(label=_("Language"))
    modality = forms.ChoiceField(label=_("How to meet"))
    region = forms.ChoiceField(label=_("Where, if in person"), required=False)
    composition = forms.ChoiceField(label=_("Company"), choices=Composition.choices)

    def __init__(self, *args: Any, forming: Forming, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "new-%s"})
        code = reader_language()
        regions = Region.objects.filter(program_region__in=forming.program_regions)
        offered: dict[str, Any] = {
            "minute": [(minute, time_of_week(minute, code)) for minute in forming.times],
            "language": [one for one in Language.choices if one[0] in (forming.languages or Language.values)],
            "modality": [one for one in Modality.choices if one[0] in (forming.modalities or Modality.values)],
            "region": [("", "–"), *((one.code, str(one)) for one in regions)],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"


class WhatIfForm(forms.Form):
    """Each may stay as it is; at least one is tried."""

    min_size = forms.TypedChoiceField(label=_("Smallest size"), coerce=int, empty_value=None, required=False)
    times = forms.TypedChoiceField(label=_("One more starting time"), coerce=int, empty_value=None, required=False)
    leaders = forms.TypedChoiceField(label=_("More facilitators"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, forming: Forming, pool: Pool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "try-%s"})
        sizes = [size for size in range(2, forming.max_size + 1) if size != forming.min_size]
        more = [(n, ngettext("%(n)d more", "%(n)d more", n) % {"n": n}) for n in (1, 2, 3)]
        offered: dict[str, Any] = {
            "min_size": [(size, str(size)) for size in sizes], "times": further_times(forming, pool), "leaders": more,
        }  # fmt: skip
        for name, choices in offered.items():
            self.fields[name].choices = [NOTHING, *choices]  # type: ignore[attr-defined]
            self.fields[name].widget.attrs["class"] = "form-select"

    def change(self) -> dict[str, Any]:
        """As `groups.services_runs.ask_run` takes it."""
        tried = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return tried | ({"times": [tried["times"]]} if "times" in tried else {})
