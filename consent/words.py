"""What the pages and papers say about a text and a signature, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from consent.models import ConsentVersion
from psp.calendar_text import long_date


def until_words(text: ConsentVersion) -> dict[str, Any]:
    """Until when a signature under an older version counts, in words, and whether that day is over."""
    day = text.older_until
    if day is None:
        return {"until": "", "over": False}
    language = (get_language() or "en")[:2]
    return {"until": long_date(day, language), "over": day < timezone.localdate()}
