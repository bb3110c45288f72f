"""The form of the meeting page: steps to tick, needs, and one line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.choices import NeedCode
from intake.models import MeetingNotes
from intake.portal import language
from psp.inputs import LineField


class NotesForm(forms.Form):
    covered = forms.MultipleChoiceField(
        label=_("Steps to cover"), widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    needs = forms.MultipleChoiceField(
        label=_("What would make it easier to take part?"), widget=forms.CheckboxSelectMultiple, required=False,
        choices=NeedCode.choices,
    )  # fmt: skip
    needs_line = LineField(
        label=_("In a few words, if a word is missing above"), max_length=200, required=False,
        help_text=_("Please do not write about what happened."), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, notes: MeetingNotes, **kwargs: Any) -> None:
        kwargs["initial"] = {"covered": notes.covered, "needs": notes.needs, "needs_line": notes.needs_line}
        super().__init__(*args, **kwargs)
        self.fields["covered"].choices = notes.guide.choices(language())  # type: ignore[attr-defined]
