"""Forms of reports: which period and in which words, and why one is sent back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from psp.bilingual import capital
from reporting.choices import Method, ReturnReason
from reporting.counters.beginning import all_periods
from reporting.models import Release
from reporting.periods import Period, Span, parse
from reporting.record import in_force, is_closed, spans_of
from reporting.releases.services import Words
from reporting.releases.words import period_name

CHOOSE = _("Choose an answer.")
IN_LIST = _("Choose a period from the list.")
LONGEST_TITLE, LONGEST_NOTE, LONGEST_REASON = 160, 2000, 300
LENGTHS = ((Span.YEAR, _("Fiscal years")), (Span.QUARTER, _("Quarters")), (Span.MONTH, _("Months")))


def to_report(today: date) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The closed periods that have no report yet, by length, the newest first."""
    taken = set(Release.objects.values_list("period", flat=True))
    lengths = {span for series in in_force() for span in spans_of(series)}
    free = [one for one in all_periods(today) if is_closed(one, today) and one.code not in taken]
    named = [
        (label, [(one.code, capital(period_name(one))) for one in free if one.span == span and span in lengths])
        for span, label in LENGTHS
    ]
    return [(label, periods) for label, periods in named if periods]


def _text(label: Any, longest: int, rows: int = 0, **more: Any) -> forms.CharField:
    attrs = {"autocomplete": "off"} | ({"rows": str(rows)} if rows else {})
    widget: forms.Widget = forms.Textarea(attrs=attrs) if rows else forms.TextInput(attrs=attrs)
    too_long = _("Keep it to %(limit_value)d characters.")
    return forms.CharField(
        label=label, required=False, max_length=longest, widget=widget, error_messages={"max_length": too_long}, **more
    )


class WordsForm(forms.Form):
    """How small numbers are hidden, and what is said about the figures. `seen`: the report that the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    method = forms.ChoiceField(
        label=_("How are small numbers hidden?"), choices=Method, widget=forms.RadioSelect,
        initial=Method.SUPPRESSION, error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
        help_text=_("Rounded numbers are made of the figures that can be shown: what is hidden stays hidden."),
    )  # fmt: skip
    title_en = _text(_("Title in English"), LONGEST_TITLE, help_text=_("Left empty, it says which period it is."))
    title_fr = _text(_("Title in French"), LONGEST_TITLE, help_text=_("Left empty, it says which period it is."))
    note_en = _text(
        _("What readers should know, in English"),
        LONGEST_NOTE,
        4,
        help_text=_("About the figures, never about anybody."),
    )
    note_fr = _text(
        _("What readers should know, in French"),
        LONGEST_NOTE,
        4,
        help_text=_("About the figures, never about anybody."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "report-%s")
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("note_en")) != bool(said.get("note_fr")) and not {"note_en", "note_fr"} & set(self.errors):
            if said.get("note_en"):
                self.add_error("note_fr", _("Say the same in French too, or leave both empty."))
            else:
                self.add_error("note_en", _("Say the same in English too, or leave both empty."))
        return said

    def words(self, period: Period) -> Words:
        said = self.cleaned_data
        return Words(
            said["title_en"] or title_of(period, "en"), said["title_fr"] or title_of(period, "fr"),
            said["note_en"], said["note_fr"],
        )  # fmt: skip


class PrepareForm(WordsForm):
    period = forms.ChoiceField(
        label=_("Which period?"), error_messages={"required": IN_LIST, "invalid_choice": IN_LIST},
        help_text=_("Closed periods that have no report yet."),
    )  # fmt: skip
    field_order = ("period", "method", "title_en", "title_fr", "note_en", "note_fr")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        periods: Any = self.fields["period"]
        periods.choices = to_report(today)

    def clean_period(self) -> Period:
        return parse(self.cleaned_data["period"])


class ReturnForm(forms.Form):
    """What to change. About the report alone."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.ChoiceField(
        label=_("What should change?"), choices=ReturnReason, widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip
    note = _text(
        _("In a sentence, if it helps"), LONGEST_REASON, 2, help_text=_("About the report only, never about anybody.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "return-%s")
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("reason") == ReturnReason.OTHER and not said.get("note") and not self.has_error("note"):
            self.add_error("note", _("Say in a sentence what should change."))
        return said


def title_of(period: Period, language: str) -> str:
    """What a report is called if nobody calls it otherwise."""
    with override(language):
        return gettext("Figures, %(period)s") % {"period": period_name(period)}


def as_typed(release: Release) -> Mapping[str, Any]:
    """What the form begins with when a report is prepared again."""
    names = ("method", "title_en", "title_fr", "note_en", "note_fr")
    return {name: getattr(release, name) for name in names} | {"seen": release.digest}
