"""How each app destroys what it holds about one person: every app has an `erasing.py` and adds its `Eraser`s.

An eraser never opens sealed text: the person's key may be gone already (`privacy.services_erasure`). It runs inside
the one transaction of the erasure, and doing it twice is doing it once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from psp.models import User

Run = Callable[[User], Counter[str]]


@dataclass(frozen=True, slots=True)
class Eraser:
    """`models`: labels of what it takes care of, e.g. "intake.application", history included.

    `run(person)` deletes or replaces it and says how many rows of which label. `order`: low ones first, so that what
    points at other rows goes before them: 10 sessions, 20 groups, 30 intake, 40 contact, 50 consent, 80 privacy,
    90 the account.
    """

    code: str
    models: frozenset[str]
    run: Run
    order: int = 30


_erasers: list[Eraser] = []


def add_eraser(eraser: Eraser) -> None:
    _erasers.append(eraser)


def erasers() -> list[Eraser]:
    return sorted(_erasers, key=lambda eraser: (eraser.order, eraser.code))


def covered() -> frozenset[str]:
    """Labels of every model that some eraser takes care of."""
    return frozenset().union(*(eraser.models for eraser in _erasers))


def erase_everything(person: User) -> Counter[str]:
    """Run every eraser. Label → how many rows went. Call inside a transaction, with the account locked."""
    done: Counter[str] = Counter()
    for eraser in erasers():
        done += eraser.run(person)
    return done


def delete_rows(rows: QuerySet[Any]) -> Counter[str]:
    """Delete these rows and everything that their history ever said, without opening or signalling anything."""
    model: type[Model] = rows.model
    keys = list(rows.order_by().values_list("pk", flat=True))
    forget_history(model, keys)
    gone = model._base_manager.filter(pk__in=keys)._raw_delete("default")
    return Counter({model._meta.label_lower: gone} if gone else {})


def forget_history(model: type[Model], keys: list[Any]) -> None:
    """Delete the history of these rows, also of rows that are gone already."""
    if keys and hasattr(model, "history"):
        past = model.history.model  # type: ignore[attr-defined]
        past._base_manager.filter(**{f"{model._meta.pk.attname}__in": keys})._raw_delete("default")
