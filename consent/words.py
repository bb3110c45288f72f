"""What the pages and papers say about a text and a signature, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from consent.models import ConsentVersion
from consent.services_entered import TextOfItsDay
from psp.bilingual import reader_language
from psp.calendar_text import long_date


def until_words(text: ConsentVersion) -> dict[str, Any]:
    """Until when a signature under an older version counts, in words, and whether that day is over."""
    day = text.older_until
    if day is None:
        return {"until": "", "over": False}
    language = reader_language()
    return {"until": long_date(day, language), "over": day < timezone.localdate()}


def days_words(text: TextOfItsDay) -> dict[str, Any]:
    """An earlier text with the days on which it was in force, and how long what was signed under it counts."""
    language, today = reader_language(), timezone.localdate()
    first, last, until = (
        long_date(day, language, article=False) if day else "" for day in (text.first, text.last, text.until)
    )
    over = text.until is not None and text.until < today
    return {"number": text.version.number, "first": first, "last": last, "until": until, "over": over}
