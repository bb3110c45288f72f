"""The form of the meeting page: steps to tick, needs, and one line."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.choices import NeedCode
from intake.forms_booking import LINK, whole_link
from intake.models import MeetingNotes
from intake.services_meeting import Ticked
from psp.bilingual import reader_language
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

    # What this page showed when it was opened or last kept: only what differs from it is written.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, notes: MeetingNotes, **kwargs: Any) -> None:
        shown = {"covered": notes.covered, "needs": notes.needs, "needs_line": notes.needs_line}
        kwargs["initial"] = {**shown, "seen": json.dumps(shown)}
        super().__init__(*args, **kwargs)
        self.fields["covered"].choices = notes.guide.choices(reader_language())  # type: ignore[attr-defined]

    def clean_seen(self) -> Ticked:
        """A page that does not say what it showed only adds, and takes nothing away."""
        try:
            return Ticked(**{key: _texts(value) for key, value in json.loads(self.cleaned_data["seen"]).items()})
        except (ValueError, TypeError, AttributeError):
            return Ticked()

    def sent(self) -> Ticked:
        data = self.cleaned_data
        return Ticked(covered=data["covered"], needs=data["needs"], needs_line=data["needs_line"])

    def show_line_of_somebody_else(self, line: str) -> None:
        """From now on their line counts as seen, so that the next answer is this reader's word on both."""
        seen: Ticked = self.cleaned_data["seen"]
        shown = {"covered": list(seen.covered), "needs": list(seen.needs), "needs_line": line}
        typed: Any = self.data.copy()  # type: ignore[attr-defined]
        typed["seen"] = json.dumps(shown)
        self.data = typed


def _texts(value: Any) -> Any:
    """A line, or a list of codes; TypeError for what no page of ours sends."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    raise TypeError


class LinkForm(forms.Form):
    """The room of one meeting."""

    link = LineField(
        label=_("Video link of this meeting"), required=False, max_length=500,
        help_text=_("A room for this meeting alone. It goes out in no message: the person sees it on their own page,"
                    " shortly before the meeting and until it ends."),
        widget=forms.TextInput(attrs=LINK),
    )  # fmt: skip

    def clean_link(self) -> str:
        return whole_link(self.cleaned_data["link"])
