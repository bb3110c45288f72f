"""Asking for a file of another region, and saying why it is opened."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.glass import found_with
from intake.models import Participant
from privacy.choices import GlassReason
from privacy.models_glass import WORDS
from psp.inputs import LineField
from psp.models import User

DO_NOT = _("Please do not write about what happened. The person can read this.")


class ElsewhereForm(forms.Form):
    """An exact reference, address or number; never a name. Sent by POST, so that none of them stands in an address."""

    text = LineField(
        label=_("Reference, e-mail address or phone number"), max_length=254,
        help_text=_("Write it whole. You learn only whether there is a file, and the person can see that you asked."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class GlassForm(forms.Form):
    """`token` stands for the file that was found a moment ago."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=300)
    reason = forms.ChoiceField(label=_("Why now"), choices=GlassReason, widget=forms.RadioSelect)
    words = LineField(label=_("In a few words"), max_length=WORDS, help_text=DO_NOT)

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        self.found: Participant | None = None

    def clean_token(self) -> str:
        token: str = self.cleaned_data["token"]
        self.found = found_with(self.reader, token)
        if self.found is None:
            raise forms.ValidationError(_("That took a while. Ask for the file again."), code="too_old")
        return token
