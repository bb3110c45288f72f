"""What somebody wants those who lead their group to know."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.choices import NeedCode


class NeedsForm(forms.Form):
    """Nothing is ticked that the person did not tick for this group."""

    needs = forms.MultipleChoiceField(
        label=_("What may those who lead this group know?"), choices=NeedCode.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick what you want them to know. Nothing here is about what happened to you."),
        error_messages={"invalid_choice": _("Choose from the list.")},
    )  # fmt: skip
