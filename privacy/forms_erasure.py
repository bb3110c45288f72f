"""The number of a certificate, as people type it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from psp.inputs import LineField
from psp.models import REFERENCE_ALPHABET


class NumberForm(forms.Form):
    number = LineField(
        label=_("Number"), max_length=20, help_text=_("Eight letters and digits, for example K7QD-3MXA."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the number.")},
    )  # fmt: skip

    def clean_number(self) -> str:
        """Without what people put between letters, and with the line that we put there."""
        typed = "".join(letter for letter in str(self.cleaned_data["number"]).upper() if letter in REFERENCE_ALPHABET)
        return f"{typed[:4]}-{typed[4:]}"
