"""What narrows the access log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.people import find_person
from psp.choices import Kind
from psp.inputs import DayField
from psp.models import User

DAY = {"type": "date"}


def _day(label: Any) -> forms.DateField:
    return DayField(
        label=label, required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as in 2026-11-30.")},
    )  # fmt: skip


class PersonForm(forms.Form):
    """One person by reference."""

    person = forms.CharField(label=_("About (reference)"), max_length=20)

    def clean_person(self) -> UUID:
        found = find_person(self.cleaned_data["person"].strip())
        if found is None:
            raise forms.ValidationError(_("No file has this reference. Check it, for example K7QD-3MXA."))
        return found


class LogForm(forms.Form):
    """A reference, a username, days on the program's clock, refusals only. Sent in the address: all are opaque."""

    person = forms.CharField(label=_("About (reference)"), required=False, max_length=20)
    actor = forms.CharField(label=_("By (username)"), required=False, max_length=64)
    start = _day(_("From"))
    end = _day(_("Until"))
    denied = forms.BooleanField(label=_("Refused only"), required=False)

    def clean_person(self) -> UUID | None:
        text = self.cleaned_data["person"].strip()
        found = find_person(text) if text else None
        if text and found is None:
            raise forms.ValidationError(_("No file has this reference. Check it, for example K7QD-3MXA."))
        return found

    def clean_actor(self) -> UUID | None:
        text = self.cleaned_data["actor"].strip().lower()
        if not text:
            return None
        found = User.objects.filter(username=text).exclude(kind=Kind.PARTICIPANT).values_list("pk", flat=True).first()
        if found is None:
            raise forms.ValidationError(_("No team member or supporter has this username. Check its spelling."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", _("Choose a day that is not before the first one."))
        return data
