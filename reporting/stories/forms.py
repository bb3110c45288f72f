"""Writing a story, and proposing how it would be printed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from psp.choices import Language
from reporting.models_story import LONGEST

EMPTY = _("Write a few words first, or leave this page: both are fine.")


class StoryForm(forms.Form):
    """`text`: the person's own words, in `language`."""

    text = forms.CharField(
        label=_("Your words"), max_length=LONGEST, widget=forms.Textarea({"rows": 10, "autocomplete": "off"}),
        help_text=_("A few lines are enough. Leave out names, places, dates, units and ranks: somebody could recognize"
                    " you by them."),
        error_messages={"required": EMPTY},
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language of your words"), choices=Language.choices, widget=forms.RadioSelect,
        help_text=_("It is printed in this language."),
    )  # fmt: skip


class WordingForm(forms.Form):
    """`wording`: what would be printed. `read`: which words of the person it was made from."""

    wording = forms.CharField(
        label=_("As it would be printed"), max_length=LONGEST,
        widget=forms.Textarea({"rows": 10, "autocomplete": "off"}),
        help_text=_("Shorten, or leave out what could tell who it is. Add nothing. The person says yes or no to exactly"
                    " these words."),
        error_messages={"required": _("Write the words that would be printed.")},
    )  # fmt: skip
    read = forms.CharField(widget=forms.HiddenInput)

    def clean_wording(self) -> Any:
        return self.cleaned_data["wording"].replace("\r\n", "\n").strip()
