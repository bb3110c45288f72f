"""How each app destroys what it holds about one person: every app has an `erasing.py` and adds its `Eraser`s.

An eraser never opens sealed text: the person's key may be gone already (`privacy.services_erasure`). It runs inside
the one transaction of the erasure, and doing it twice is doing it once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet

from psp.letting_go import letting_go
from psp.models import User
from psp.once import keep_once

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


_erasers: dict[str, Eraser] = {}


def add_eraser(eraser: Eraser) -> None:
    keep_once(_erasers, eraser.code, eraser)


Closer = Callable[[User, User], None]
Identities = Callable[[User], list[UUID]]
Objection = Callable[[list[UUID]], str]
_closers: list[Closer] = []
_identities: list[Identities] = []
_objections: list[Objection] = []


def add_closer(closer: Closer) -> None:
    """`closer(person, by)` stops what is going on, in the transaction of the approval, while the key still opens."""
    _closers.append(closer)


def close_everything(person: User, by: User) -> None:
    for closer in _closers:
        closer(person, by)


def add_identities(find: Identities) -> None:
    """`find(person)`: ids of all accounts of the same person, their own included."""
    _identities.append(find)


def identities_of(person: User) -> list[UUID]:
    found = {person.pk}
    for find in _identities:
        found |= set(find(person))
    return sorted(found)


def add_objection(against: Objection) -> None:
    """`against(accounts)`: why these accounts cannot go together now, as a sentence; "" if they can."""
    _objections.append(against)


def objection_to(accounts: list[UUID]) -> str:
    return next((said for against in _objections if (said := against(accounts))), "")


def erasers() -> list[Eraser]:
    return sorted(_erasers.values(), key=lambda eraser: (eraser.order, eraser.code))


def covered() -> frozenset[str]:
    """Labels of every model that some eraser takes care of."""
    return frozenset().union(*(eraser.models for eraser in _erasers.values()))


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
    with letting_go():
        gone = model._base_manager.filter(pk__in=keys)._raw_delete("default")
    return Counter({model._meta.label_lower: gone} if gone else {})


def forget_past(target: type[Model], keys: list[Any], *, but: Container[tuple[str, str]] = ()) -> None:
    """Delete every row of history, of whatever model, that points at one of these rows of `target`.

    Rows that changed hands or are gone already left some behind. Who changed something is another matter: that
    column is emptied, the row stays. `but`: (table, field) that point there and stay as they are.
    """
    for past in apps.get_models():
        for field in past._meta.fields:
            is_history = (past._meta.model_name or "").startswith("historical")
            if not is_history or field.related_model is not target or field.name == "instance":
                continue
            if (past._meta.label_lower, field.name) in but:
                continue
            rows = past._base_manager.filter(**{f"{field.attname}__in": keys})
            if field.name == "history_user":
                rows.update(history_user_id=None)
            else:
                rows._raw_delete("default")


def forget_history(model: type[Model], keys: list[Any]) -> None:
    """Delete the history of these rows, also of rows that are gone already."""
    if keys and hasattr(model, "history"):
        past = model.history.model
        past._base_manager.filter(**{f"{model._meta.pk.attname}__in": keys})._raw_delete("default")
