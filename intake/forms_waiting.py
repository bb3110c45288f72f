"""Forms of the waiting list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.choices import Modality, PriorityReason, Service
from intake.forms_desk import ANY
from psp.choices import Language
from psp.inputs import DayField
from psp.models import Region, User
from psp.sight import coordinated_regions


class WaitingForm(forms.Form):
    """Which queue, and what narrows it. Unknown values are as if nothing was chosen."""

    service = forms.ChoiceField(label=_("Service"), choices=Service.choices, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[ANY, *Language.choices])
    region = forms.ChoiceField(label=_("Province or territory"), required=False)
    modality = forms.ChoiceField(label=_("Way to meet"), required=False, choices=[ANY, *Modality.choices])

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Region.objects.filter(program_region__in=coordinated_regions(reader))
        self.fields["region"].choices = [ANY, *((one.code, str(one)) for one in here)]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        found = {name: str(self.cleaned_data.get(name, "")) for name in self.fields}
        return {**found, "service": found["service"] or Service.FORMAL.value}


class PriorityForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why do they come first?"), choices=PriorityReason.choices, widget=forms.RadioSelect,
        help_text=_("Every coordinator of the region reads this reason, and who gave it."),
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason.")},
    )  # fmt: skip
    until = DayField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("After this day the waiting time decides again."),
        error_messages={"invalid": _("Write the day as in 2026-11-30."), "required": _("Choose a day.")},
    )  # fmt: skip
