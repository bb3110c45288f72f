"""What is written down about a breach, and how the people concerned are found and told."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.choices import BreachData
from privacy.forms import LogForm
from privacy.forms_rights import WordsField
from privacy.models_breach import NOTICE, PLACE, WORDS
from privacy.people import find_person
from psp.inputs import LineField

MOMENT = {"type": "datetime-local"}
WHEN = _("Write the day and time as in 2026-11-30 14:05.")
NO_STORY = _("No names, and nothing about what people lived through.")


class MomentField(forms.DateTimeField):
    """A day and a time on the officer's own clock."""

    def __init__(self, *, label: Any, required: bool = True, help_text: Any = "") -> None:
        super().__init__(
            label=label, required=required, help_text=help_text,
            widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"),
            error_messages={"required": WHEN, "invalid": WHEN},
        )  # fmt: skip


class OnOwnClock(forms.Form):
    """Times are typed and shown in the zone of the account."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        self.zone = ZoneInfo(zone)
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if isinstance(field, MomentField) and data.get(name):
                data[name] = data[name].replace(tzinfo=self.zone)
        return data


class BreachForm(OnOwnClock):
    happened_from = MomentField(label=_("It happened, or began"))
    happened_until = MomentField(
        label=_("It ended"), required=False, help_text=_("Empty if it is not over, or at once.")
    )
    discovered_at = MomentField(label=_("It was noticed"))
    place = LineField(label=_("Where"), max_length=PLACE, help_text=_("A place, a system or a page."))
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of information"), choices=BreachData, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind.")},
    )  # fmt: skip
    affected = forms.IntegerField(
        label=_("How many people, as far as is known"), required=False, min_value=0, max_value=10_000_000
    )
    what = WordsField(label=_("What went wrong"), max_length=WORDS, help_text=NO_STORY)
    measures = WordsField(label=_("What was done about it"), max_length=WORDS, required=False, help_text=NO_STORY)


class ChangeForm(BreachForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)


class FindForm(OnOwnClock):
    """Who saw what, when; or one person by reference, of whom the log knows nothing."""

    start = MomentField(label=_("From"), required=False)
    end = MomentField(label=_("Until"), required=False)
    actor = forms.CharField(label=_("By (username)"), required=False, max_length=64)
    model = forms.CharField(
        label=_("Kind of record"),
        required=False,
        max_length=60,
        help_text=_("As the access log writes it. Empty for all."),
    )
    person = forms.CharField(label=_("Or one person (reference)"), required=False, max_length=20)

    clean_actor = LogForm.clean_actor

    def clean_person(self) -> UUID | None:
        text = self.cleaned_data["person"].strip()
        found = find_person(text) if text else None
        if text and found is None:
            raise forms.ValidationError(_("No file has this reference. Check it, for example K7QD-3MXA."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and not data.get("person") and not (data.get("start") and data.get("end")):
            self.add_error("start", _("Choose when it began and ended, or write one reference."))
        elif data.get("start") and data.get("end") and data["end"] <= data["start"]:
            self.add_error("end", _("Choose an end that is after the beginning."))
        return data


class NoticeForm(forms.Form):
    """Both languages, side by side: each person reads their own."""

    notice_en = WordsField(label=_("What people read in English"), max_length=NOTICE)
    notice_fr = WordsField(label=_("What people read in French"), max_length=NOTICE)


class ApproveForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
