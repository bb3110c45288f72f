"""Changing the master key: data keys are wrapped anew, no sealed value is touched."""

from __future__ import annotations

from django.db import transaction

from psp.crypto import cipher
from psp.keys.models import DataKey
from psp.keys.router import KEYS

BATCH = 500


def rewrap_batch(name: str, master: bytes) -> int:
    """Wrap up to BATCH data keys under the named master key; how many were left to do."""
    with transaction.atomic(using=KEYS):
        # A key that is being destroyed at this moment is skipped; it needs no new wrapping.
        rows = list(DataKey.objects.select_for_update(skip_locked=True).exclude(master=name)[:BATCH])
        for row in rows:
            row.wrapped = cipher.wrap(row.open(), master=master, key_id=row.id, person=row.person)
            row.master = name
        DataKey.objects.bulk_update(rows, ["wrapped", "master"])
    return len(rows)


def rotate(name: str, master: bytes) -> int:
    """Wrap every data key under the named master key; returns how many."""
    done = 0
    while count := rewrap_batch(name, master):
        done += count
    return done
