"""Whose address it is: asked before a form is kept, and before it is opened again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from psp.inputs import AddressField, LineField


class AddressForm(forms.Form):
    draft_email = AddressField(
        label=_("E-mail address"),
        help_text=_("One that nobody else reads. Our message says a code and nothing of what it is for."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the e-mail address to which we send the code.")},
    )  # fmt: skip


class AskedField(forms.UUIDField):
    """Which asking the code answers; None for whatever is none of ours."""

    def clean(self, value: Any) -> UUID | None:
        try:
            found: UUID | None = super().clean(value)
        except forms.ValidationError:
            return None
        return found


class CodeForm(forms.Form):
    draft_email = AddressField(widget=forms.HiddenInput)
    draft_asked = AskedField(widget=forms.HiddenInput, required=False)
    draft_code = LineField(
        label=_("Code"), max_length=20,
        help_text=_("Six letters and numbers. It works once, for ten minutes."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the code from the message.")},
    )  # fmt: skip

    def forget_code(self) -> None:
        """What was wrong is not shown again."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["draft_code"] = ""
        self.data = data
