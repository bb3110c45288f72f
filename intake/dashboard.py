"""What this app shows outside its own pages."""

from __future__ import annotations


def register() -> None:
    return None
