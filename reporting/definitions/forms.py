"""The words of a definition in both languages, and by what it is broken down."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reporting.choices import Measure
from reporting.counters.base import counter
from reporting.counting import free, held
from reporting.dimensions import dimension, name_of
from reporting.models import Series
from reporting.reference import content_of

LANGUAGES = (("en", _("in English")), ("fr", _("in French")))
WORDS = (
    ("name", _("Name"), 120), ("unit", _("Unit"), 60), ("population", _("Who or what is counted"), 0),
    ("source", _("Source"), 0),
)  # fmt: skip
MEASURED = ("measured", _("Unit of times and marks"), 60)
OF_INDICATOR = (("name", _("Name of the figure"), 120), ("definition", _("Definition"), 0))
SPANS = (("month", _("Month")), ("quarter", _("Quarter")), ("year", _("Fiscal year")))


def breakdown_name(names: tuple[str, ...]) -> str:
    """As in "Region × Language", "Referred to (Referred elsewhere)"."""
    shown = " × ".join(str(dimension(name).name) for name in free(names))
    kept = ", ".join(name_of(code, category) for code, category in held(names).items())
    return f"{shown} ({kept})" if kept else shown


def possible(series: Series) -> list[tuple[str, ...]]:
    """Every breakdown that its counter can count: one dimension, or two."""
    which = counter(series.counter)
    now = [tuple(names) for names in series.breakdowns]
    plain = sorted(which.dimensions - set(which.only))
    pairs = [*((name,) for name in plain), *combinations(plain, 2), *((which.only[name], name) for name in which.only)]
    return [*now, *(one for one in pairs if set(one) not in [set(other) for other in now])]


def _has_statistics(content: dict[str, Any]) -> bool:
    """Medians and means are given in a unit of their own; counts and shares have none."""
    return any(one["measure"] not in (Measure.COUNT, Measure.SHARE) for one in content["indicators"])


def _text(label: Any, most: int) -> forms.CharField:
    if most:
        return forms.CharField(label=label, max_length=most, widget=forms.TextInput(attrs={"size": 80}))
    return forms.CharField(label=label, max_length=600, widget=forms.Textarea(attrs={"rows": 3, "cols": 80}))


class NextForm(forms.Form):
    """Begins with the words of the version before. `content()` is what `definitions.services.new_version` takes."""

    def __init__(self, data: QueryDict | None, *, series: Series) -> None:
        self.before, initial = content_of(series), {}
        super().__init__(data, auto_id="definition-%s")
        self.words = [*WORDS[:2], MEASURED, *WORDS[2:]] if _has_statistics(self.before) else list(WORDS)
        for name, label, most in self.words:
            for code, language in LANGUAGES:
                self.fields[f"{name}_{code}"] = _text(f"{label}, {language}", most)
                initial[f"{name}_{code}"] = self.before[f"{name}_{code}"]
        for at, one in enumerate(self.before["indicators"]):
            for name, label, most in OF_INDICATOR:
                for code, language in LANGUAGES:
                    self.fields[f"{at}-{name}_{code}"] = _text(f"{one['code']}: {label}, {language}", most)
                    initial[f"{at}-{name}_{code}"] = one[f"{name}_{code}"]
        choices = [(",".join(names), breakdown_name(names)) for names in possible(series)]
        boxes: Any = forms.CheckboxSelectMultiple
        self.fields["breakdowns"] = forms.MultipleChoiceField(
            label=_("Broken down by"), choices=choices, required=False, widget=boxes,
            help_text=_("The fewer, the less has to be hidden. The total is always there."),
        )  # fmt: skip
        self.fields["spans"] = forms.MultipleChoiceField(
            label=_("Lengths of period"), choices=SPANS, required=False, widget=boxes
        )
        initial["breakdowns"] = [",".join(names) for names in self.before["breakdowns"]]
        initial["spans"] = self.before["spans"]
        self.initial = initial

    def content(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = [f"{name}_{code}" for name, _label, _most in self.words for code, _in in LANGUAGES]
        words = {name: said[name] for name in names}
        indicators = [
            one | {
                f"{name}_{code}": said[f"{at}-{name}_{code}"]
                for name, _label, _most in OF_INDICATOR for code, _in in LANGUAGES
            }
            for at, one in enumerate(self.before["indicators"])
        ]  # fmt: skip
        breakdowns = [one.split(",") for one in said["breakdowns"]]
        return self.before | words | {
            "breakdowns": breakdowns, "spans": list(said["spans"]), "indicators": indicators,
        }  # fmt: skip
