"""Signing one text on its own: each statement has its own box."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from consent.models import ConsentVersion
from psp.inputs import LineField


class SignForm(forms.Form):
    """Fields are named after the statements' codes; `version` says which text the page showed."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, text: ConsentVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text
        self.fields["version"].initial = text.number
        for line in text.lines:
            self.fields[line["code"]] = forms.BooleanField(
                label=line["text"], required=line["required"],
                error_messages={"required": _("Tick this line if you agree. To say no, leave this page.")},
            )  # fmt: skip
        self.fields["typed_name"] = LineField(
            label=_("Type your name to sign"), max_length=120,
            help_text=_("Any name you go by will do. It stands for your signature, with today's date."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={"required": _("Type your name to sign. Any name you go by will do.")},
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ticks under another text than the one in force must not become a signature."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("version") != str(self.text.number):
            kept = {"typed_name": cleaned.get("typed_name", ""), "version": str(self.text.number)}
            self.data = kept
            self.add_error(None, _("This text changed meanwhile. Please read it again, then sign."))
        return cleaned

    def ticked(self) -> frozenset[str]:
        return frozenset(line["code"] for line in self.text.lines if self.cleaned_data.get(line["code"]))
