"""Asking a test before messages leave, in the place of whoever asks otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contact import registry
from contact.registry import Guard, Guarded, Guards


@contextmanager
def guarding(template: str, guard: Guard) -> Iterator[None]:
    """Meanwhile `guard` is asked about messages of this template that no part of the program claims."""
    guards, key = registry._guards, Guarded(template, "")
    before = {key: guards[key]} if key in guards else {}
    guards[key] = Guards(each=guard)
    try:
        yield
    finally:
        del guards[key]
        guards.update(before)
