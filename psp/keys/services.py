"""Changing the master key: data keys are wrapped anew, no sealed value is touched."""

from __future__ import annotations

from django.db import connections, transaction

from psp.crypto import cipher, masters
from psp.keys.models import DataKey, RetiredMaster
from psp.keys.router import KEYS

BATCH = 500
# The lock of the trigger in migration 0002.
RETIRING = 1347637328


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
    """Wrap every data key under the named master key; returns how many. Afterwards no other one is of any use.

    First what is there, then nothing new under the old keys, then what was on its way meanwhile.
    """
    done = _rewrap_all(name, master)
    _retire(set(masters.all_keys()) - {name})
    return done + _rewrap_all(name, master)


def _rewrap_all(name: str, master: bytes) -> int:
    done = 0
    while count := rewrap_batch(name, master):
        done += count
    return done


@transaction.atomic(using=KEYS)
def _retire(names: set[str]) -> None:
    """From here on the database refuses these master keys; waits for every insert that has begun."""
    with connections[KEYS].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RETIRING])
    RetiredMaster.objects.bulk_create([RetiredMaster(name=name) for name in sorted(names)], ignore_conflicts=True)
