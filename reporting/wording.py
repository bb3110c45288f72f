"""Figures in words, in the language that is active: numbers, shares, statistics, and what changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from psp.bilingual import reader_language
from reporting.figures import COUNT, SHARE, Figure

# A percentage of fewer people than this says more than they do.
FEWEST_FOR_PERCENT = 100
NONE = "–"


def is_french() -> bool:
    return reader_language() == "fr"


def number(value: float) -> str:
    """With commas in English, with no-break spaces in French; at most one decimal."""
    decimals = None if float(value).is_integer() else 1
    whole = int(value) if decimals is None else value
    return number_format(whole, decimals, use_l10n=True, force_grouping=True)


def percent(value: float) -> str:
    return f"{number(value)}\u00a0%" if is_french() else f"{number(value)}%"


def hidden_word() -> str:
    return pgettext("figure", "hidden")


def shown(figure: Figure) -> str:
    """As it stands in a table or a chart."""
    if figure.hidden:
        return hidden_word()
    if figure.value is None:
        return NONE
    return percent(figure.value) if figure.measure == SHARE else number(figure.value)


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted, as in "people", and what statistics are given in, as in "days"."""

    counted: str
    measured: str = ""

    def said(self, figure: Figure) -> str:
        """As in "42 people", "12 days", "63%", "0", "hidden"."""
        if figure.value is None and not figure.hidden:
            return pgettext("figure", "none")
        text, unit = shown(figure), self.beside(figure)
        return f"{text}\u00a0{unit}" if unit else text

    def beside(self, figure: Figure) -> str:
        """The unit in the number that the figure asks for; nothing beside zero, a share or what is not shown."""
        if not figure.value or figure.measure == SHARE:
            return ""
        if figure.measure == COUNT:
            return self.counted
        # « 1,5 semaine » in French, "1.5 weeks" in English.
        is_one = abs(figure.value) < 2 if is_french() else figure.value == 1
        return self.measured.removesuffix("s") if is_one else self.measured


def change(now: Figure, before: Figure, *, name: str) -> str:
    """What changed since the period that is called `name`; nothing unless both are published."""
    if now.value is None or before.value is None:
        return ""
    difference = now.value - before.value
    words = {"before": shown(before), "name": name, "number": _difference(now, abs(difference))}
    if not difference:
        return _("The same as in %(name)s.") % words
    if difference > 0:
        text = _("Up %(number)s from %(name)s (%(before)s).") % words
    else:
        text = _("Down %(number)s from %(name)s (%(before)s).") % words
    return text


def _difference(now: Figure, difference: float) -> str:
    if now.measure == SHARE:
        # « 1,5 point » in French, "1.5 percentage points" in English.
        several = int(difference) if is_french() else 1 + (difference != 1)
        return ngettext("%(number)s percentage point", "%(number)s percentage points", several) % {
            "number": number(difference)
        }
    return number(difference)


def relative(now: Figure, before: Figure) -> str:
    """The change in percent, only of numbers that are large enough to bear one; "" otherwise."""
    if now.measure != COUNT or now.value is None or before.value is None or before.value < FEWEST_FOR_PERCENT:
        return ""
    by = round(100 * (now.value - before.value) / before.value)
    return ("+" if by > 0 else "−" if by < 0 else "") + percent(abs(by))
