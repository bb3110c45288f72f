"""As much of JSON Schema (2020-12) as the published schemas use; a word that it does not know is an error.

So a schema cannot promise what no test checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

Check = Callable[[Any, Any], bool]
TYPES: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
SILENT = frozenset(("$schema", "$id", "$defs", "title", "description"))


def faults(value: Any, schema: dict[str, Any], whole: dict[str, Any] | None = None, at: str = "") -> Iterator[str]:
    """What does not fit, each with its place."""
    whole = whole or schema
    for word, wanted in schema.items():
        if word not in SILENT:
            found = CHECKS[word](value, wanted, whole, at)
            yield from (fault if fault.startswith("/") else f"{at}: {fault}" for fault in found)
    if schema.get("additionalProperties") is False and isinstance(value, dict):
        yield from (f"{at}: {name} is not known" for name in value.keys() - schema.get("properties", {}).keys())


def _refers(value: Any, name: str, whole: dict[str, Any], at: str) -> Iterator[str]:
    return faults(value, whole["$defs"][name.removeprefix("#/$defs/")], whole, at)


def _properties(value: Any, known: dict[str, Any], whole: dict[str, Any], at: str) -> Iterator[str]:
    for name in known.keys() & (value if isinstance(value, dict) else {}):
        yield from faults(value[name], known[name], whole, f"{at}/{name}")


def _items(value: Any, one: dict[str, Any], whole: dict[str, Any], at: str) -> Iterator[str]:
    for number, item in enumerate(value if isinstance(value, list) else []):
        yield from faults(item, one, whole, f"{at}/{number}")


def _any_of(value: Any, choices: list[dict[str, Any]], whole: dict[str, Any], at: str) -> Iterator[str]:
    if not any(not list(faults(value, choice, whole, at)) for choice in choices):
        yield f"{value!r} fits none of the choices"


def _is_moment(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _says(test: Check, words: str) -> Callable[..., Iterator[str]]:
    def check(value: Any, wanted: Any, _whole: dict[str, Any], _at: str) -> Iterator[str]:
        if not test(value, wanted):
            yield f"{value!r} {words} {wanted!r}"

    return check


def _of(kind: type, test: Check) -> Check:
    """The test for values of this kind; the others are another word's business."""
    return lambda value, wanted: not isinstance(value, kind) or test(value, wanted)


CHECKS: dict[str, Callable[..., Iterator[str]]] = {
    "type": _says(lambda value, wanted: TYPES[wanted](value), "is not of type"),
    "const": _says(lambda value, wanted: value == wanted, "is not"),
    "pattern": _says(_of(str, lambda value, wanted: bool(re.search(wanted, value))), "is not like"),
    "minItems": _says(_of(list, lambda value, wanted: len(value) >= wanted), "has fewer items than"),
    "format": _says(lambda value, wanted: wanted == "date-time" and _is_moment(value), "is not in the format"),
    "required": _says(_of(dict, lambda value, wanted: set(wanted) <= value.keys()), "lacks some of"),
    "additionalProperties": _says(lambda _value, wanted: wanted is False, "cannot be checked with"),
    "properties": _properties,
    "items": _items,
    "anyOf": _any_of,
    "$ref": _refers,
}
