"""A form of a questionnaire, and the slip that opens one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from psp import survey
from psp.bilingual import reader_language
from psp.feedback_rules import Slip, slip_of
from psp.inputs import LineField

# Between the fields of the form and those that the page needs itself.
PREFIX = "q_"
CHOOSE = _("Choose one of the answers, or none.")


class SurveyForm(forms.Form):
    """Big answers to tap, none of them required."""

    def __init__(self, *args: Any, questions: survey.Form, said: survey.Sheet | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[PREFIX + question.code] = forms.ChoiceField(
                label=question.text(reader_language()), required=False, widget=forms.RadioSelect,
                choices=[(option.code, option.label(reader_language())) for option in question.options],
                initial=(said or {}).get(question.code), error_messages={"invalid_choice": CHOOSE},
            )  # fmt: skip

    def said(self) -> survey.Sheet:
        """What was answered, of a valid form."""
        return {
            name.removeprefix(PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX) and value
        }


class SlipForm(forms.Form):
    """The code, as it was noted down. It is not kept anywhere by the browser."""

    code = LineField(
        label=_("Your code"), max_length=60,
        help_text=_("24 letters and digits. Spaces and dashes do not matter, nor do small or capital letters."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the code that you were given.")},
    )  # fmt: skip

    def slip(self) -> Slip | None:
        """Of a valid form; None if it cannot be a code."""
        return slip_of(self.cleaned_data["code"])
