"""What several readers of JSON share: names, categories and counts, each with its place in a refusal."""

from __future__ import annotations

from reporting.protection.types import ALL, RESERVED, DisclosureError, Method


def dimensions_in(data: object, path: str) -> tuple[str, ...]:
    if not isinstance(data, list) or not data:
        raise DisclosureError(path, "must be a list with at least one name")
    for number, name in enumerate(data):
        if not isinstance(name, str) or not name.strip() or name in RESERVED:
            raise DisclosureError(f"{path}[{number}]", "must be a name other than count, value and *")
        if name in data[:number]:
            raise DisclosureError(f"{path}[{number}]", f"{name} is named twice")
    return tuple(data)


def category_in(value: object, path: str) -> str:
    if not isinstance(value, str) or not value.strip() or value == ALL:
        raise DisclosureError(path, "must be a text other than *")
    return value


def count_in(value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise DisclosureError(path, "must be a whole number")
    if value < 0:
        raise DisclosureError(path, "must not be negative")
    return value


def method_in(value: object, path: str) -> Method:
    if value not in [one.value for one in Method]:
        raise DisclosureError(path, "must be suppression or rounding")
    return Method(value)
