"""Texts and facts written by people, in both official languages, kept as JSON beside this file.

A key that ends in ``_en`` always has its sister in ``_fr`` in the same object.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def names() -> tuple[str, ...]:
    """The names that `load` knows, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def load(name: str) -> dict[str, Any]:
    """The content file `name` as a fresh object that the caller may change; KeyError if there is none."""
    if name not in names():
        raise KeyError(f"no content named {name!r}; there is {', '.join(names())}")
    content: dict[str, Any] = json.loads(_text(name))
    return content


def in_language(item: dict[str, Any], key: str, language: str) -> str:
    """The text `key` of `item` in "en" or "fr" ("fr-ca" counts as "fr"); any other language gets English."""
    return str(item[f"{key}_{'fr' if language.lower().startswith('fr') else 'en'}"])
