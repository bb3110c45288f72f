"""Content that people write in both languages: which one to show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language


def in_language(obj: Any, name: str, language: str | None = None) -> str:
    """Value of `name_en` or `name_fr` for `language` (default: the reader's)."""
    code = (language or get_language() or "en")[:2]
    return str(getattr(obj, f"{name}_{'fr' if code == 'fr' else 'en'}"))
