"""Walking the chain from its newest checkpoint, in constant memory: what was altered, removed or slipped in."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from psp.audit.chain import CANONICAL, GENESIS, digest_after, sign
from psp.audit.models import Checkpoint, Entry, Link, Unsealed
from psp.crypto import cipher

CHUNK = 2000
# Held together while the chain is walked, and alone while old entries are removed: no walk sees half of that.
WALK_LOCK = 0x50535032
# Links in their order, each with the bytes of its entry, or NULL where that is gone. A subquery and no join: however
# many there are, the server reads both tables by their numbers and sorts nothing.
WALK = f"""
SELECT link.id, link.digest, link.entry_id,
       (SELECT {CANONICAL} FROM audit_entry entry WHERE entry.id = link.entry_id)
  FROM audit_link link WHERE link.id > %s ORDER BY link.id LIMIT {CHUNK}
"""  # noqa: S608  # nosec B608 - names from the code


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken`: id of the first entry (for `checkpoint`: of the checkpoint) that does not hold, or None.

    `checked`: links walked.
    """

    checked: int
    broken: int | None
    reason: str = ""


@transaction.atomic
def verify() -> Verdict:
    key = cipher.decode_key(settings.PSP_AUDIT_KEY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [WALK_LOCK])
    newest, broken = _check_checkpoints(key)
    if broken:
        return Verdict(0, broken, "checkpoint")
    start, previous = (newest.link, newest.digest) if newest else (0, GENESIS)
    returned = Link.objects.filter(pk__lte=start).order_by("id").values_list("entry_id", flat=True).first()
    if returned:
        return Verdict(0, returned, "returned")
    found = _walk(start, previous, key)
    return found if found.broken else _check_strays(found.checked)


def _check_checkpoints(key: bytes) -> tuple[Checkpoint | None, int | None]:
    """The newest one, and the id of the first that is not what was signed."""
    last: Checkpoint | None = None
    previous = GENESIS
    for one in Checkpoint.objects.order_by("id").iterator(chunk_size=CHUNK):
        signature = sign(
            previous, at=one.at, link=one.link, digest=one.digest, cutoff=one.cutoff, removed=one.removed,
            kept=one.kept, batch=one.batch, key=key,
        )  # fmt: skip
        if not hmac.compare_digest(signature, one.signature):
            return last, one.pk
        last, previous = one, signature
    return last, None


def _walk(start: int, previous: str, key: bytes) -> Verdict:
    checked = 0
    with connection.cursor() as cursor:
        while rows := _links(cursor, start):
            for start, digest, entry_id, covered in rows:  # noqa: B007 - the last one is where the next chunk begins
                if covered is None:
                    return Verdict(checked, entry_id, "missing")
                if digest_after(previous, covered.encode(), key) != digest:
                    return Verdict(checked, entry_id, "altered")
                previous = digest
                checked += 1
    return Verdict(checked, None)


def _links(cursor: Any, start: int) -> list[tuple[int, str, int, str | None]]:
    """(number, digest, id of the entry, its bytes as text) of the next links after `start`."""
    cursor.execute(WALK, [start])
    found: list[tuple[int, str, int, str | None]] = cursor.fetchall()
    return found


def _check_strays(checked: int) -> Verdict:
    """An entry that neither waits nor is linked was slipped in or put back, or its link was removed."""
    waits = Exists(Unsealed.objects.filter(entry=OuterRef("pk")))
    stray = Entry.objects.filter(Q(link__isnull=True), ~waits).order_by("id").values_list("id", flat=True).first()
    return Verdict(checked, stray, "unlinked" if stray else "")
