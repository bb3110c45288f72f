"""What people write when they ask about their own information, and what the team answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.choices import CorrectionItem
from privacy.models import ANSWER, TEXT
from psp.choices import Language
from psp.inputs import LineField

GENTLE = _("Please do not write about what happened. A few words are enough.")


class WordsField(forms.CharField):
    """A few words, not a story."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(
            max_length=max_length, widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}), **kwargs
        )
        self.error_messages["max_length"] = str(_("Please use fewer words here."))


class CorrectionForm(forms.Form):
    item = forms.ChoiceField(
        label=_("What is it about?"), choices=CorrectionItem.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about."), "invalid_choice": _("Choose what it is about.")},
    )  # fmt: skip
    text = WordsField(
        label=_("What is not right, and how should it be?"), max_length=TEXT, help_text=GENTLE,
        error_messages={"required": _("Write what is not right, in a few words.")},
    )  # fmt: skip


class NoteForm(forms.Form):
    note = WordsField(
        label=_("What would you like to add beside this answer?"), max_length=TEXT, help_text=GENTLE,
        error_messages={"required": _("Write your note, in a few words.")},
    )  # fmt: skip


class ErasureForm(forms.Form):
    """The one box: without it nothing may be destroyed before the two years are over (rule 15)."""

    agrees = forms.BooleanField(
        label=_("I agree that my information is destroyed before the two years are over. It cannot be brought back."),
        error_messages={"required": _("Tick this line to ask for it. To keep your file, go back.")},
    )

    def agreed_text(self) -> str:
        return str(self.fields["agrees"].label)


class DetailsForm(forms.Form):
    name = LineField(
        label=_("What should we call you?"), max_length=80,
        help_text=_("A first name or any name you choose. It does not have to be your legal name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write a name that we can call you by. Any name will do.")},
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Which language do you prefer?"), choices=Language.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer."), "invalid_choice": _("Choose an answer.")},
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The coordinator's answer; the person reads it."""

    answer = WordsField(
        label=_("Your answer"), max_length=ANSWER, required=False,
        help_text=_("The person reads it. Needed where nothing is corrected: say why."),
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, corrected: forms.Field | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if corrected is not None:
            self.fields["corrected"] = corrected
            self.order_fields(["corrected", "answer", "revision"])
