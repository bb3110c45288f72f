"""What a team member enters for the person: how it was signed, each line by itself, the name, the day of a paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.choices import Manner
from consent.forms import SignForm
from consent.models import ConsentVersion
from psp.inputs import DayField


class EnterForm(SignForm):
    manner = forms.ChoiceField(
        label=gettext_lazy("How did the person agree?"), widget=forms.RadioSelect,
        choices=[(Manner.SPOKEN, Manner.SPOKEN.label), (Manner.PAPER, Manner.PAPER.label)],
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )  # fmt: skip
    signed_on = DayField(
        label=gettext_lazy("Date on the paper"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Only for a paper: the date that the person wrote beside their name."),
        error_messages={"invalid": gettext_lazy("Write the day as in 2026-12-01.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, text: ConsentVersion, language: str, only_paper: bool = False, **kwargs: Any
    ) -> None:
        """`language`: of the text that is read aloud or copied; the rest is in the team member's own."""
        super().__init__(*args, text=text, **kwargs)
        self.language = language
        if only_paper:
            choices = [(Manner.PAPER, Manner.PAPER.label)]
            self.fields["manner"] = forms.ChoiceField(
                label=self.fields["manner"].label, widget=forms.RadioSelect, choices=choices, initial=Manner.PAPER
            )
        name = self.fields["typed_name"]
        name.label, name.help_text = _("The person's name, as they said or wrote it"), ""
        name.error_messages["required"] = _("Write the name that the person said or wrote.")
        said_no = _("Tick this line only if the person said yes to it.")
        for line in text.lines_in(language):
            box = self.fields[line["code"]]
            box.label = format_html('<span lang="{}">{}</span>', language, line["text"])
            box.error_messages["required"] = said_no

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("manner") == Manner.PAPER and not cleaned.get("signed_on") and "signed_on" not in self.errors:
            self.add_error("signed_on", _("Write the date that stands on the paper."))
        return cleaned
