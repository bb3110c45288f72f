"""What every file says about itself, and what its figures mean, in the language that is active."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from psp.calendar_text import long_date
from reporting.files.books import Book
from reporting.forms import period_name


def facts(book: Book, language: str) -> list[tuple[str, str]]:
    """Label and value of each: what a reader must know before the first figure."""
    last = book.period.after - timedelta(days=1)
    found = [
        (_("Period"), period_name(book.period)),
        (_("First day"), long_date(book.period.first, language, article=False)),
        (_("Last day"), long_date(last, language, article=False)),
        (_("How small numbers are protected"), str(book.method.label)),
        (_("Smallest number that is shown"), str(book.threshold)),
    ]
    if book.counted_at:
        found.append((_("Counted on"), long_date(timezone.localtime(book.counted_at).date(), language, article=False)))
    if book.approved_on:
        found.append((_("Approved on"), long_date(book.approved_on, language, article=False)))
    if book.missing:
        names = ", ".join(one(language) for one in book.missing)
        found.append((_("Not shown, because not proven safe"), names))
    if book.note(language):
        found.append((pgettext("report", "Note"), book.note(language)))
    found.append((_("Fingerprint (SHA-256)"), book.digest))
    return found


def definitions(book: Book, language: str) -> list[tuple[str, ...]]:
    """Series, figure, definition, unit, who or what is counted, and source, of every indicator."""
    french = language.startswith("fr")
    found: list[tuple[str, ...]] = []
    for chapter in book.chapters:
        series = chapter.series
        population, source = (
            (series.population_fr, series.source_fr) if french else (series.population_en, series.source_en)
        )
        found += [
            (series.name(language), one.name(language), one.definition(language), one.unit(language), population,
             source)
            for one in chapter.indicators
        ]  # fmt: skip
    return found
