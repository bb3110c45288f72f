"""The send ledger: which messages were handed over, in a file outside the database.

A restored database does not know what was sent after the backup: it would send it again. Before each message leaves,
a keyed digest of its key is on the disk; after a restore `manage.py replay_sends` lets the outbox know, and what was
perhaps sent already is shown to people, never sent again ([security] 38).
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import time
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path

from django.conf import settings

from contact.models import SentBefore
from psp.crypto import cipher

BATCH = 1000


def digest_of(key: str) -> str:
    secret = hmac.digest(cipher.decode_key(settings.PSP_AUDIT_KEY), b"send-ledger", hashlib.sha256)
    return hmac.digest(secret, key.encode(), hashlib.sha256).hex()


def path() -> Path:
    return Path(settings.PSP_SEND_LEDGER)


def note(*keys: str) -> None:
    """On the disk when this returns, however many. OSError: then none of it may be sent."""
    if not keys:
        return
    at = int(time.time())
    lines = "".join(f"{at} {digest_of(key)}\n" for key in keys).encode()
    path().parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.write(handle, lines) != len(lines):
            raise OSError("the ledger was not written whole")
        os.fsync(handle)
    finally:
        os.close(handle)


def sent_before(digests: Collection[str]) -> set[str]:
    """Which of these a restore told us of. The table is empty otherwise."""
    return set(SentBefore.objects.filter(pk__in=list(digests)).values_list("pk", flat=True))


def noted() -> Iterator[str]:
    """Digests in the file; a line that was never whole is left out."""
    try:
        with path().open(encoding="ascii", errors="replace") as file:
            for line in file:
                _at, _space, digest = line.rstrip("\n").partition(" ")
                if line.endswith("\n") and len(digest) == 64:
                    yield digest
    except FileNotFoundError:
        return


def replay() -> int:
    """Let the outbox know everything that the file knows; how many digests there are. Any number of times."""
    count, digests = 0, noted()
    while batch := list(islice(digests, BATCH)):
        _remember(batch)
        count += len(batch)
    return count


def _remember(digests: Iterable[str]) -> None:
    SentBefore.objects.bulk_create([SentBefore(digest=one) for one in dict.fromkeys(digests)], ignore_conflicts=True)
