"""Writing the access log, and sealing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from psp.audit.chain import CANONICAL, GENESIS, digest_after
from psp.audit.choices import Action, Purpose
from psp.audit.models import Checkpoint, Entry, Link
from psp.audit.verifying import Verdict as Verdict
from psp.audit.verifying import verify as verify
from psp.context_vars import actor_id, request_id
from psp.crypto import cipher
from psp.logs import get_logger

log = get_logger(__name__)
SEAL_BATCH = 2000
# Any constant: two sealers at once would fork the chain.
SEAL_LOCK = 0x50535031
# One statement with two arrays: 25 rows of nine values each would cost more than the list that they are about.
READS = """
INSERT INTO audit_entry (at, actor, action, model, object_id, person, fields, purpose, request_id)
SELECT same.at, same.actor, same.action, same.model, seen.object_id, seen.person, '', same.purpose, same.request_id
FROM (VALUES (%s::timestamptz, %s::uuid, %s, %s, %s, %s)) AS same (at, actor, action, model, purpose, request_id),
     unnest(%s::varchar[], %s::uuid[]) AS seen (object_id, person)
"""
# Entries that wait, each with the bytes that its link covers.
WAITING = f"""
SELECT entry.id, {CANONICAL} FROM audit_unsealed JOIN audit_entry entry ON entry.id = audit_unsealed.entry_id
 ORDER BY entry.id LIMIT %s
"""  # noqa: S608  # nosec B608 - names from the code
SEALED = """
INSERT INTO audit_link (entry_id, digest) SELECT entry_id, digest
  FROM unnest(%s::bigint[], %s::varchar[]) WITH ORDINALITY AS made (entry_id, digest, place) ORDER BY place
"""


def entry_for(
    action: Action, obj: models.Model | type[models.Model] | None, *, person: UUID | None,
    purpose: Purpose, fields: Sequence[str] = (),
) -> Entry:  # fmt: skip
    """An unsaved entry about `obj` (an instance, a model class, or nothing)."""
    instance = obj if isinstance(obj, models.Model) else None
    return Entry(
        at=timezone.now(), actor=actor_id.get(), action=action, person=person, purpose=purpose,
        model=obj._meta.label_lower if obj is not None else "",
        object_id=str(instance.pk) if instance is not None else "",
        fields=",".join(fields)[:400], request_id=request_id.get(),
    )  # fmt: skip


def record(
    action: Action, obj: models.Model | type[models.Model] | None = None, *, person: UUID | None = None,
    purpose: Purpose, fields: Sequence[str] = (),
) -> None:  # fmt: skip
    """Write one entry in the current transaction: if it cannot be written, neither can the rest."""
    entry_for(action, obj, person=person, purpose=purpose, fields=fields).save(force_insert=True)


def record_reads(objects: Iterable[Any], *, purpose: Purpose, person: str = "person_id") -> None:
    """One read entry per object shown in a list; `person` names the attribute with the owner's id."""
    seen: dict[type[models.Model], list[tuple[Any, UUID | None]]] = {}
    for obj in objects:
        seen.setdefault(type(obj), []).append((obj.pk, getattr(obj, person)))
    for model, rows in seen.items():
        record_reads_of(model, rows, purpose=purpose)


def record_reads_of(
    model: type[models.Model], rows: Sequence[tuple[Any, UUID | None]], *, purpose: Purpose
) -> None:  # fmt: skip
    """`record_reads` for a list that was read without instances: (primary key, owner) of each row shown."""
    record_each(Action.READ, model, rows, purpose=purpose)


def record_each(
    action: Action, model: type[models.Model], rows: Sequence[tuple[Any, UUID | None]], *, purpose: Purpose
) -> None:  # fmt: skip
    """One entry for each row (primary key, owner) to which the same was done."""
    if not rows:
        return
    keys, people = [str(key) for key, _person in rows], [person for _key, person in rows]
    same = [timezone.now(), actor_id.get(), action, model._meta.label_lower, purpose, request_id.get()]
    with connection.cursor() as cursor:
        cursor.execute(READS, [*same, keys, people])


def record_denial(route: str, object_id: str, *, purpose: Purpose, person: UUID | None = None) -> None:
    """Note that someone asked for something that they may not see; `person`: whose record it is, if that is known."""
    Entry.objects.create(
        at=timezone.now(), actor=actor_id.get(), action=Action.DENIED, model=route[:60], object_id=object_id[:64],
        person=person, purpose=purpose, request_id=request_id.get(),
    )  # fmt: skip


def seal() -> int:
    """Append the waiting entries to the chain; returns how many. Safe to run at the same time twice."""
    sealed = 0
    while batch := _seal_batch():
        sealed += batch
    if sealed:
        # The newest digest also goes to the log, outside the database: cutting off the chain's end shows there.
        log.info("audit_sealed", count=sealed, code=Link.objects.latest("id").digest)
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    key, keys, digests = cipher.decode_key(settings.PSP_AUDIT_KEY), [], []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
        cursor.execute(WAITING, [SEAL_BATCH])
        previous = _last_digest()
        for entry, covered in cursor.fetchall():
            previous = digest_after(previous, covered.encode(), key)
            keys.append(entry)
            digests.append(previous)
        if keys:
            cursor.execute(SEALED, [keys, digests])
            cursor.execute("DELETE FROM audit_unsealed WHERE entry_id = ANY(%s)", [keys])
    return len(keys)


def _last_digest() -> str:
    """What the next link goes on from: the last link, or the checkpoint before which everything was removed."""
    for model in (Link, Checkpoint):
        if digest := model._base_manager.order_by("-id").values_list("digest", flat=True).first():
            return str(digest)
    return GENESIS
