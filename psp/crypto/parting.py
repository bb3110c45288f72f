"""Data keys that go with a row of their own: what makes sure of it, whatever dies in between.

Keys are in another database, so the two cannot go in one transaction. With the row goes a word that its key is to be
destroyed; that is done right after the commit, and where the process died before, by the next sweep. Until then a copy
of the database could still be read.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from uuid import UUID

from django.db import transaction

from psp.crypto import keyring
from psp.models_keys import GoingKey


def key_goes(*owners: UUID) -> None:
    """In the transaction in which the rows of these owners go. Rolled back, their keys stay."""
    GoingKey.objects.bulk_create([GoingKey(owner=owner) for owner in owners], ignore_conflicts=True)
    # Where the keys' database is away, what was done stays done: the sweep comes by.
    transaction.on_commit(partial(_destroy, owners), robust=True)


def sweep() -> int:
    """Destroy what was left; how many keys. Twice at once is as once."""
    left = list(GoingKey.objects.values_list("owner", flat=True))
    _destroy(left)
    return len(left)


def _destroy(owners: Collection[UUID]) -> None:
    for owner in owners:
        keyring.destroy(owner)
    GoingKey.objects.filter(owner__in=owners).delete()
