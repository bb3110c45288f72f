"""Figures as a table of texts, for `components/data_table.html`. What comes in is published, or a word for hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def text_table(
    caption: str, first: str, heads: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]
) -> dict[str, Any]:
    """`first`: what the names at the left are. `rows`: a name, and the texts under each of `heads`."""
    return {
        "caption": caption,
        "columns": [{"label": first}, *({"label": head, "numeric": True} for head in heads)],
        "rows": [{"cells": [{"text": name, "label": ""}, *_numbers(heads, texts)]} for name, texts in rows],
    }


def _numbers(heads: Sequence[str], texts: Sequence[str]) -> list[dict[str, Any]]:
    return [{"text": text, "label": head, "numeric": True} for head, text in zip(heads, texts, strict=True)]
