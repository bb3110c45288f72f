"""Cells of files that spreadsheets open."""

from __future__ import annotations

from typing import Any

# What a spreadsheet would run instead of show.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: Any) -> Any:
    """Text that no spreadsheet takes for a formula. Numbers stay numbers."""
    if isinstance(value, int):
        return value
    text = str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(" \u00a0").startswith(DANGEROUS) else text
