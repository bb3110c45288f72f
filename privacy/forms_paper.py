"""What the privacy officer writes down about a request that came on paper or by phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.choices import Channel, CorrectionItem, ExtensionReason, RequestKind, RequestState
from privacy.forms import DAY
from privacy.forms_rights import GENTLE, ErasureForm, WordsField
from privacy.models import ANSWER, TEXT
from privacy.people import find_person
from psp.inputs import DayField

CHOOSE = {"required": _("Choose an answer."), "invalid_choice": _("Choose an answer.")}
OUTCOMES = (
    (RequestState.ACCEPTED, _("Answered: the copy was handed over")),
    (RequestState.REFUSED, _("Refused")),
    (RequestState.TAKEN_BACK, _("The person took it back")),
)


def _day(label: Any, help_text: Any = "") -> DayField:
    return DayField(
        label=label, help_text=help_text, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages=dict.fromkeys(("required", "invalid"), _("Write the day as in 2026-11-30.")),
    )  # fmt: skip


class PaperForm(forms.Form):
    """`agreed`: the signed letter holds the words of `ErasureForm`, in the person's language."""

    person = forms.CharField(
        label=_("About (reference)"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The reference of the file. If the letter has none, ask a coordinator of the region for it."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("What is asked for"), choices=RequestKind, widget=forms.RadioSelect,
                             error_messages=CHOOSE)  # fmt: skip
    channel = forms.ChoiceField(
        label=_("How it came in"), choices=[one for one in Channel.choices if one[0] != Channel.PORTAL],
        widget=forms.RadioSelect, error_messages=CHOOSE,
    )  # fmt: skip
    received_on = _day(_("Day on which it came in"), _("The thirty days count from this day."))
    item = forms.ChoiceField(
        label=_("For a correction: what it is about"), choices=[("", "—"), *CorrectionItem.choices], required=False
    )
    text = WordsField(label=_("For a correction: what is not right"), max_length=TEXT, required=False, help_text=GENTLE)
    agreed = forms.BooleanField(
        label=_("For a deletion: the person signed that the information is destroyed before the two years are over"),
        required=False,
    )

    def clean_person(self) -> UUID:
        found = find_person(self.cleaned_data["person"].strip())
        if found is None:
            raise forms.ValidationError(_("No file has this reference. Check it, for example K7QD-3MXA."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        correction = data.get("kind") == RequestKind.CORRECTION
        if correction and not data.get("item"):
            self.add_error("item", _("Choose what it is about."))
        if correction and not (data.get("text") or "").strip():
            self.add_error("text", _("Write what is not right, in a few words."))
        if not correction:
            data["item"] = data["text"] = ""
        return data

    def agreed_text(self) -> str:
        """In the language that is active: the person's."""
        erasure = self.cleaned_data["kind"] == RequestKind.ERASURE
        return ErasureForm().agreed_text() if erasure and self.cleaned_data["agreed"] else ""


class ExtendForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=ExtensionReason, widget=forms.RadioSelect,
                               error_messages=CHOOSE)  # fmt: skip
    until = _day(_("New last day"))


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(label=_("How it ended"), choices=OUTCOMES, widget=forms.RadioSelect,
                                error_messages=CHOOSE)  # fmt: skip
    answer = WordsField(
        label=_("Your answer"), max_length=ANSWER, required=False,
        help_text=_("The person reads it. Needed where it is refused: say why."),
    )  # fmt: skip
