"""Which period to look at: only periods that are offered, so nothing can be cut finer than was thought through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from psp.calendar_text import MONTHS
from reporting.indicators import first_day, offered_spans
from reporting.periods import Period, Span, containing, parse, since


def period_name(period: Period) -> str:
    """As in "fiscal year 2026–2027", "January to March 2027", "November 2026"."""
    months = MONTHS["fr" if (get_language() or "en").startswith("fr") else "en"]
    first = months[period.first.month - 1]
    if period.span == Span.YEAR:
        return _("fiscal year %(first)d–%(last)d") % {"first": period.first.year, "last": period.first.year + 1}
    if period.span == Span.QUARTER:
        last = period.parts()[-1].first
        words = {"first": first, "last": months[last.month - 1], "year": last.year}
        return _("%(first)s to %(last)s %(year)d") % words
    return _("%(month)s %(year)d") % {"month": first, "year": period.first.year}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def choices(begin: date, today: date) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Every period that can be chosen, by length."""
    names = {Span.YEAR: _("Fiscal years"), Span.QUARTER: _("Quarters"), Span.MONTH: _("Months")}
    return [
        (names[span], [(period.code, _capital(period_name(period))) for period in since(begin, today, span)])
        for span in offered_spans()
    ]


class PeriodForm(forms.Form):
    """`period` must be one that is offered; the fiscal year of today when none is named."""

    period = forms.ChoiceField(label=_("Period"))

    def __init__(self, asked: Mapping[str, Any]) -> None:
        today = timezone.localdate()
        self.current = containing(today, Span.YEAR)
        super().__init__(asked if "period" in asked else {"period": self.current.code})
        field = self.fields["period"]
        field.choices = choices(first_day() or today, today)  # type: ignore[attr-defined]
        field.error_messages["invalid_choice"] = _("Choose a period from the list.")

    def chosen(self) -> Period:
        """The period to show; the current fiscal year where what was asked for is not offered."""
        return parse(self.cleaned_data["period"]) if self.is_valid() else self.current
