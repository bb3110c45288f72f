"""Forms of leave, of what makes work possible, and of limits. None asks why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supporters.choices import LeaveKind
from supporters.hours.forms import CHOOSE, LengthMixin, day_field, number_field
from supporters.models import AccommodationKind


class LeaveForm(LengthMixin):
    kind = forms.ChoiceField(
        label=_("Which kind of leave?"), choices=LeaveKind.choices, widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip
    first_day = day_field(_("First day away"))
    last_day = day_field(_("Last day away"))
    hours = number_field(
        _("How many hours of each weekday are paid?"), 12,
        help_text=_("Leave it empty for the program’s usual length. Nothing is paid for leave without pay."),
    )  # fmt: skip

    def changes(self) -> dict[str, Any]:
        """What `ask_leave` takes."""
        said = self.cleaned_data
        return {"kind": said["kind"], "first_day": said["first_day"], "last_day": said["last_day"],
                "minutes_day": self.length()}  # fmt: skip


class AccommodationForm(forms.Form):
    kind = forms.ModelChoiceField(
        label=_("What would make your work possible?"), queryset=AccommodationKind.objects.none(),
        widget=forms.RadioSelect, empty_label=None, error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip
    first_day = day_field(_("From which day?"))
    last_day = day_field(_("Until which day?"), required=False, help_text=_("Leave it empty if you do not know."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.queryset = AccommodationKind.objects.filter(offered=True)


class LimitsForm(forms.Form):
    """Empty: the program's own limit."""

    sessions_week = number_field(_("Sessions a week, at most"), 20)
    hours_week = number_field(_("Hours a week, at most"), 60)


class AgreedForm(forms.Form):
    sessions = number_field(_("Sessions a week, at most"), 20)
    hours = number_field(_("Hours a week, at most"), 60)
    until = day_field(_("Until which day?"))
