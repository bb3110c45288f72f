"""Old entries of the access log go by their retention rule, from the chain's beginning, and the rest still holds.

The application's role cannot delete entries. It asks `audit_thin`, a function of the tables' owner, which removes the
links up to a checkpoint and their entries, in one transaction, and refuses whatever is younger than the law's floor,
younger than the rule, or not approved. The checkpoint is signed with the key that seals the chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from psp.audit import services
from psp.audit.chain import COLUMNS, GENESIS, next_digest, sign
from psp.audit.choices import Action, Purpose
from psp.audit.models import Checkpoint
from psp.audit.verifying import WALK_LOCK
from psp.crypto import cipher

BATCH = 5000
OLDEST = f"""
SELECT link.id, link.digest, audit_must_keep(entry.person), {", ".join(f"entry.{name}" for name in COLUMNS)}
  FROM audit_link link LEFT JOIN audit_entry entry ON entry.id = link.entry_id
 ORDER BY link.id LIMIT %s
"""  # noqa: S608  # nosec B608 - names of columns, from the code
THIN = "SELECT audit_thin(%s, %s, %s, %s, %s, %s, %s, %s)"


class ChainBroken(Exception):
    """An entry that does not hold is evidence: nothing is removed over it."""


@dataclass(frozen=True, slots=True)
class Thinned:
    """`kept`: entries that a hold keeps; they are sealed anew at the chain's end. `checkpoint`: None for no change."""

    removed: int = 0
    kept: int = 0
    checkpoint: int | None = None


@dataclass(slots=True)
class _Prefix:
    """The chain's beginning as far as everything in it is old enough."""

    digest: str
    link: int = 0
    removed: int = 0
    kept: int = 0


@transaction.atomic
def thin(*, cutoff: datetime, batch: UUID, most: int = BATCH) -> Thinned:
    """Remove up to `most` links from the chain's beginning whose entries are older than `cutoff`.

    `batch`: the approved disposal that this belongs to. Raises ChainBroken where the beginning does not hold.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [services.SEAL_LOCK])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WALK_LOCK])
        cursor.execute(OLDEST, [most])
        rows = cursor.fetchall()
    before = Checkpoint.objects.order_by("-id").first()
    key = cipher.decode_key(settings.PSP_AUDIT_KEY)
    prefix = _old_prefix(rows, before.digest if before else GENESIS, cutoff, key)
    if not prefix.link:
        return Thinned()
    return _remove(prefix, before.signature if before else GENESIS, cutoff=cutoff, batch=batch, key=key)


def _old_prefix(rows: list[tuple[Any, ...]], previous: str, cutoff: datetime, key: bytes) -> _Prefix:
    found = _Prefix(previous)
    for link, digest, keep, *row in rows:
        if row[0] is None:
            raise ChainBroken(link)
        if row[1] >= cutoff:
            break
        if next_digest(found.digest, row, key) != digest:
            raise ChainBroken(link)
        found.digest, found.link = digest, link
        found.kept += keep
        found.removed += not keep
    return found


def _remove(prefix: _Prefix, signed_before: str, *, cutoff: datetime, batch: UUID, key: bytes) -> Thinned:
    at = timezone.now()
    signature = sign(
        signed_before, at=at, link=prefix.link, digest=prefix.digest, cutoff=cutoff, removed=prefix.removed,
        kept=prefix.kept, batch=batch, key=key,
    )  # fmt: skip
    values: list[Any] = [at, prefix.link, prefix.digest, cutoff, prefix.removed, prefix.kept, batch, signature]
    with connection.cursor() as cursor:
        cursor.execute(THIN, values)
        (made,) = cursor.fetchall()[0]
    checkpoint = Checkpoint.objects.get(pk=made)
    services.record(Action.DELETE, checkpoint, purpose=Purpose.RIGHTS, fields=(str(prefix.removed), signature))
    return Thinned(prefix.removed, prefix.kept, made)
