"""Writing many rows with their history, as the services would one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import models
from django.utils import timezone

BATCH = 5000


def batches(items: Sequence[Any], size: int = BATCH) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def create(rows: Sequence[Any], *, history: bool = True) -> None:
    """Insert rows of one model, and one history row each where the model keeps history (unless told not to)."""
    if not rows:
        return
    model = type(rows[0])
    for batch in batches(rows):
        model._default_manager.bulk_create(batch)
        if history:
            remember(batch, "+")


def change(rows: Sequence[Any], fields: Sequence[str]) -> None:
    """Write these fields of rows of one model, and one history row each."""
    if not rows:
        return
    type(rows[0])._default_manager.bulk_update(rows, fields, batch_size=500)
    remember(rows, "~")


def remember(rows: Sequence[Any], kind: str, *, at: str = "") -> None:
    """Write history rows of `kind` ("+" made, "~" changed) for rows that were written in bulk.

    `at` names the attribute with the moment of the change; without it, it is now.
    """
    if not rows:
        return
    manager = getattr(type(rows[0]), "history", None)
    if manager is None:
        return
    history: type[models.Model] = manager.model
    names = [field.attname for field in manager.model.tracked_fields]
    now = timezone.now()
    history._default_manager.bulk_create(
        [
            history(
                history_date=getattr(row, at) if at else now,
                history_type=kind,
                **{name: getattr(row, name) for name in names},
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
