"""Content that people write in both languages: which one to show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language


def reader_language() -> str:
    """The language that is active now: "en" or "fr"."""
    return "fr" if (get_language() or "").startswith("fr") else "en"


def capital(text: str) -> str:
    """With a capital first letter, for the beginning of a line; the rest as it is."""
    return text[:1].upper() + text[1:]


def in_language(obj: Any, name: str, language: str | None = None) -> str:
    """Value of `name_en` or `name_fr` for `language` (default: the reader's)."""
    code = language or reader_language()
    return str(getattr(obj, f"{name}_{'fr' if code.startswith('fr') else 'en'}"))
