"""Booking a short call: where one lives (or anywhere), how one speaks, in which language. No name, no address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.choices import CallWay
from intake.texts import places
from psp.bilingual import reader_language
from psp.choices import Language
from psp.inputs import LineField, NumberField
from psp.models import Region

ANYWHERE_ZONE = "America/Toronto"


def place_choices() -> list[tuple[str, str]]:
    return [("", str(_("I would rather not say"))), *((code, str(place)) for code, place in places().items())]


class PlaceForm(forms.Form):
    """Decides whose times are shown and on which clock; unknown places are as if none was chosen."""

    region = forms.ChoiceField(
        label=_("Where do you live?"), choices=place_choices, required=False,
        help_text=_("Only to show the times on your own clock, with a coordinator for your region."),
    )  # fmt: skip

    def place(self) -> Region | None:
        return places().get(str(self.cleaned_data.get("region", ""))) if self.is_valid() else None


def zone_of(place: Region | None) -> str:
    return place.time_zone if place else ANYWHERE_ZONE


class CallForm(forms.Form):
    """How and in which language. `sent_key` makes a double click one call."""

    way = forms.ChoiceField(
        label=_("How would you like to speak?"), choices=CallWay, widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer."), "invalid_choice": _("Choose an answer.")},
    )  # fmt: skip
    number = NumberField(
        label=_("Number to call, only if we call you"), required=False, max_length=40,
        help_text=_("It is sealed, seen by one coordinator only, and destroyed after the call. The number that calls"
                    " you may be hidden."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("In which language?"), choices=Language, widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer."), "invalid_choice": _("Choose an answer.")},
    )  # fmt: skip
    sent_key = forms.UUIDField(widget=forms.HiddenInput)
    at = forms.CharField(widget=forms.HiddenInput, required=False)
    region = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, ways: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = [(way.value, way.label) for way in CallWay if way in ways]
        self.fields["way"].choices = possible  # type: ignore[attr-defined]
        if len(possible) == 1:
            self.fields["way"].initial = possible[0][0]
        self.fields["language"].initial = reader_language()
        self.fields["sent_key"].initial = uuid4

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        # A number that nobody will call is not taken in.
        if data.get("way") != CallWay.CALL_BACK:
            data["number"] = ""
        return data

    def key(self) -> UUID:
        found: UUID = self.cleaned_data["sent_key"]
        return found


class CodeForm(forms.Form):
    """The code that was shown once."""

    code = LineField(
        label=_("Your code"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": _("Write the code that you were shown.")},
    )  # fmt: skip
