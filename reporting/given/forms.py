"""How much was given in a month: two numbers for each kind, none where nothing is known."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.bilingual import reader_language
from psp.calendar_text import MONTHS
from psp.models import ProgramRegion
from reporting.models import Given, GivenKind
from reporting.periods import Span, containing, since

MOST = 100_000
YEARS_BACK = 2
NUMBER = forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric", "min": "0", "class": "form-control"})


def month_name(first: date) -> str:
    """As in "November 2026"."""
    names = MONTHS[reader_language()]
    return _("%(month)s %(year)d") % {"month": names[first.month - 1], "year": first.year}


class WhichForm(forms.Form):
    """The month and the region that the numbers are of; the month that has begun and the person's first region."""

    month = forms.ChoiceField(label=_("Month"), error_messages={"invalid_choice": _("Choose a month from the list.")})
    region = forms.ChoiceField(
        label=_("Region"), error_messages={"invalid_choice": _("Choose a region from the list.")}
    )

    def __init__(self, data: QueryDict, regions: Collection[str]) -> None:
        today = timezone.localdate()
        own = list(ProgramRegion.objects.filter(code__in=regions))
        first = {"month": containing(today, Span.MONTH).code, "region": own[0].code if own else ""}
        super().__init__({name: data.get(name) or value for name, value in first.items()}, auto_id="which-%s")
        months = since(date(today.year - YEARS_BACK, 1, 1), today, Span.MONTH)
        fields: Any = self.fields
        fields["month"].choices = [(one.code, month_name(one.first)) for one in months]
        fields["region"].choices = [(one.code, str(one)) for one in own]

    def chosen(self) -> tuple[date, ProgramRegion]:
        said = self.cleaned_data
        return date.fromisoformat(f"{said['month']}-01"), ProgramRegion.objects.get(code=said["region"])


class GivenForm(forms.Form):
    """A pair of fields for each kind that is offered or has a number already. `is_entered`: whether any has."""

    def __init__(self, data: QueryDict | None, *, month: date, region: ProgramRegion) -> None:
        stored = {one.kind_id: one for one in Given.objects.filter(month=month, region=region)}
        self.kinds = [kind for kind in GivenKind.objects.all() if kind.offered or kind.code in stored]
        self.is_entered = bool(stored)
        first: dict[str, int] = {}
        for code, one in stored.items():
            first |= {f"number-{code}": one.number, f"people-{code}": one.people}
        super().__init__(data, initial=first, auto_id="given-%s")
        for kind in self.kinds:
            self.fields[f"number-{kind.code}"] = _number(_("%(kind)s: how often") % {"kind": kind})
            self.fields[f"people-{kind.code}"] = _number(_("%(kind)s: to how many people") % {"kind": kind})

    def rows(self) -> list[tuple[GivenKind, Any, Any]]:
        """For the table: the kind and its two fields."""
        return [(kind, self[f"number-{kind.code}"], self[f"people-{kind.code}"]) for kind in self.kinds]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for kind in self.kinds:
            number, people = (said.get(f"{what}-{kind.code}") for what in ("number", "people"))
            if self.errors.keys() & {f"number-{kind.code}", f"people-{kind.code}"}:
                continue
            if (number is None) != (people is None):
                self.add_error(f"people-{kind.code}", _("Write both numbers, or none of them."))
            elif number is not None and people is not None and not (min(number, 1) <= people <= number):
                self.add_error(
                    f"people-{kind.code}", _("At least one person, and no more than how often it was given.")
                )
        return said

    def numbers(self) -> dict[str, tuple[int, int]]:
        pairs = {
            kind.code: (self.cleaned_data[f"number-{kind.code}"], self.cleaned_data[f"people-{kind.code}"])
            for kind in self.kinds
        }
        return {code: pair for code, pair in pairs.items() if pair[0] is not None}


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST, widget=NUMBER)
