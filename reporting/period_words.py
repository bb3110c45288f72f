"""How periods are called, in the language that is active."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from psp.bilingual import capital
from psp.calendar_text import MONTHS
from reporting.charts.lines import When
from reporting.periods import Period, Span
from reporting.wording import is_french

SHORT = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."),
}
VOWELS = "ao"


def _months() -> tuple[str, ...]:
    return MONTHS["fr" if is_french() else "en"]


def period_name(period: Period) -> str:
    """As in "fiscal year 2026–2027", "January to March 2027", "November 2026"."""
    months = _months()
    first = months[period.first.month - 1]
    if period.span == Span.YEAR:
        return _("fiscal year %(first)d–%(last)d") % {"first": period.first.year, "last": period.first.year + 1}
    if period.span == Span.QUARTER:
        last = period.parts()[-1].first
        words = {"first": first, "last": months[last.month - 1], "year": last.year}
        return _("%(first)s to %(last)s %(year)d") % words
    return _("%(month)s %(year)d") % {"month": first, "year": period.first.year}


def in_sentence(period: Period) -> str:
    """As a noun within a sentence: "the fiscal year 2026–2027", « la période d’avril à juin 2026 »."""
    name = period_name(period)
    if period.span == Span.YEAR:
        return f"l’{name}" if is_french() else f"the {name}"
    if period.span == Span.QUARTER and is_french():
        return f"la période d’{name}" if name[0] in VOWELS else f"la période de {name}"
    return name


def short_name(period: Period) -> tuple[str, str]:
    """Two short lines for under an axis: ("Jul–Sep", "2026")."""
    months, dash = SHORT["fr" if is_french() else "en"], "-" if is_french() else "–"
    if period.span == Span.YEAR:
        return f"{period.first.year}{dash}{(period.first.year + 1) % 100:02}", ""
    first = months[period.first.month - 1]
    if period.span == Span.QUARTER:
        last = period.parts()[-1].first
        return f"{first}{dash}{months[last.month - 1]}", str(last.year)
    return first, str(period.first.year)


def when(period: Period) -> When:
    return When(capital(period_name(period)), short_name(period), in_sentence(period))


def as_choices(periods: dict[Span, Iterable[Period]]) -> list[tuple[Any, list[tuple[str, str]]]]:
    """For a select: the periods under the name of their length."""
    names = {Span.YEAR: _("Fiscal years"), Span.QUARTER: _("Quarters"), Span.MONTH: _("Months")}
    return [
        (names[span], choices)
        for span, those in periods.items()
        if (choices := [(period.code, capital(period_name(period))) for period in those])
    ]
