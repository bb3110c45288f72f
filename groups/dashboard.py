"""The groups' places and cards on the desk."""

from __future__ import annotations


def register() -> None:
    return None
