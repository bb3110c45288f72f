"""How a correction is carried out where the program can do it: with the coordinator's answer, or on another page.

Each app says what it can correct and adds a `Corrector` when it is ready. Everything else is answered in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from privacy.choices import CorrectionItem
from psp.models import User
from psp.once import keep_once


@dataclass(frozen=True, slots=True)
class Place:
    """Where a coordinator does it: a page of the desk, or in words where there is none for them."""

    label: Any
    url: str = ""


@dataclass(frozen=True, slots=True)
class Corrector:
    """`field(person)`: a form field that holds what stands now; `apply(person, value, by)` puts another value there,
    in the transaction of the answer. `place(person)`: where else it is done; None while it cannot be.
    """

    item: CorrectionItem
    field: Callable[[User], forms.Field] | None = None
    apply: Callable[[User, Any, User], None] | None = None
    place: Callable[[User], Place | None] | None = None


_correctors: dict[str, Corrector] = {}


def add_corrector(corrector: Corrector) -> None:
    keep_once(_correctors, corrector.item, corrector)


def corrector_of(item: str) -> Corrector | None:
    return _correctors.get(item)


def place_of(item: str, person: User) -> Place | None:
    found = corrector_of(item)
    return found.place(person) if found and found.place else None
