"""One box to tick, and which version it is about."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supporters.models import ProgramText


class AgreeForm(forms.Form):
    """`number`: the version that stood on the page, so that nobody agrees to one that they did not see."""

    agree = forms.BooleanField(
        label=_("I read this and agree to work by it."),
        error_messages={"required": _("Tick the box if you agree. If not, leave the page; nothing is kept.")},
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=32767)

    def __init__(self, *args: Any, text: ProgramText, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "agreement-%s", **kwargs})
        self.fields["number"].initial = text.number

    def show_version(self, text: ProgramText) -> None:
        """The page shows this version now, whatever was sent: the box is empty again."""
        self.data = {"number": str(text.number)}
