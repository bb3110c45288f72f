"""Carrying out an approved disposal, step by step, and the certificate at its end.

Each step is one transaction. A run that is killed leaves whole steps behind; the next one goes on from there, and two
at once never take the same file: the first has its row locked, the other skips it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from privacy import services_erasure
from privacy.choices import ErasureState
from privacy.choices_retention import WHOLE_FILES, BatchState, ItemState
from privacy.erasing import identities_of
from privacy.models import DisposalBatch, DisposalItem, Erasure, Hold
from privacy.retention import Rows, last_used, later, rows_of
from privacy.retention_floor import keep_holds_still
from privacy.retention_rules import after, may_go, standing_of
from privacy.services_retention import become, locked, start_of
from psp.errors import DomainError
from psp.logs import get_logger
from psp.models import User

log = get_logger(__name__)
FETCHED = 2000


def carry_out(batch_id: UUID, *, most: int | None = None, pause: float = 0.0) -> int:
    """Dispose of everything in an approved batch; returns how many went in this run. Doing it again does nothing.

    `most`: rows in a step, if not as many as suits them.
    `pause`: how long to rest after each step, as a part of the time that the step took.
    """
    batch = DisposalBatch.objects.select_related("rule").get(pk=batch_id)
    if batch.state != BatchState.APPROVED:
        return 0
    gone = sum(_files(batch, pause) if batch.record_type in WHOLE_FILES else _rows(batch, most, pause))
    if batch.record_type in WHOLE_FILES:
        services_erasure.finish_erasures()  # what a run that died had only approved
    _finish(batch.pk)
    return gone


@contextmanager
def _then_rest(pause: float) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    time.sleep(pause * (time.perf_counter() - begun))


# --- Rows of tables ---


def _rows(batch: DisposalBatch, most: int | None, pause: float) -> Iterator[int]:
    for rows in rows_of(batch.record_type):
        size, count = most or rows.most, 1
        rows.find(batch.cutoff, size)
        while count:
            with _then_rest(pause):
                count = _step(batch.pk, rows, size)
            yield count


@transaction.atomic
def _step(batch_id: UUID, rows: Rows, most: int) -> int:
    batch = DisposalBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != BatchState.APPROVED:
        return 0
    keep_holds_still()
    count = rows.remove(batch.cutoff, most, batch.pk)
    if count:
        batch.counts = dict(Counter(batch.counts) + Counter({rows.code: count}))
        batch.save(update_fields=["counts"])
    return count


# --- Whole files ---


def _files(batch: DisposalBatch, pause: float) -> Iterator[int]:
    """One file after the other. One that cannot go now stays waiting; the next run finds it again."""
    tried: list[int] = []
    while True:
        try:
            with _then_rest(pause):
                found, state = _next_file(batch, tried)
                if found and state == ItemState.DISPOSED:
                    services_erasure.finish_erasures(only=found)
        except DomainError as error:
            log.error("disposal_waits", ids=str(batch.pk), error=error.code)
            continue
        if found is None:
            return
        yield int(state == ItemState.DISPOSED)


def _next_file(batch: DisposalBatch, tried: list[int]) -> tuple[UUID | None, str]:
    """Decide about the next file that nobody else is at: (its erasure or the batch itself, what became of it)."""
    with transaction.atomic():
        items = DisposalItem.objects.select_for_update(skip_locked=True, of=("self",))
        waiting = items.filter(batch=batch, state=ItemState.WAITING).exclude(pk__in=tried)
        item = waiting.order_by("id").first()
        if item is None:
            return None, ""
        tried.append(item.pk)
        item.state, erasure = _decided(batch, item)
        item.at = timezone.now()
        item.save(update_fields=["state", "at"])
        return erasure or batch.pk, item.state


def _decided(batch: DisposalBatch, item: DisposalItem) -> tuple[ItemState, UUID | None]:
    """Asked again at the last moment, for every account of the person: who knows what happened since."""
    person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=item.person)
    identities = identities_of(person)
    if Hold.objects.standing().filter(person_id__in=identities).exists():
        return ItemState.HELD, None
    used = last_used(identities)
    moment: datetime | None = person.date_joined
    for found in used.values():
        moment = later(moment, found)
    last_use = timezone.localdate(moment) if moment else None
    standing = standing_of(batch.rule.terms, last_use=last_use, held=False, today=timezone.localdate())
    if not may_go(standing) or last_use is None:
        return ItemState.USED, None
    if batch.prepared_by is None or batch.approved_by is None:
        raise ValueError("a disposal is carried out by two people")
    kept_until = start_of(after(last_use, batch.rule.months))
    erasure = services_erasure.prepare_disposal(person=person, kept_until=kept_until, by=batch.prepared_by)
    return ItemState.DISPOSED, services_erasure.approve_erasure(erasure=erasure, by=batch.approved_by).pk


# --- The end ---


@transaction.atomic
def _finish(batch_id: UUID) -> bool:
    """Done once nothing waits and nothing of it is half destroyed; the certificate is sealed into the access log."""
    batch = locked(DisposalBatch(pk=batch_id))
    disposed = batch.items.filter(state=ItemState.DISPOSED).values("person")
    under_way = Erasure.objects.filter(state=ErasureState.APPROVED, person__in=disposed).exists()
    if batch.state != BatchState.APPROVED or under_way or batch.items.filter(state=ItemState.WAITING).exists():
        return False
    if batch.record_type in WHOLE_FILES:
        states = Counter(batch.items.values_list("state", flat=True))
        batch.counts = {str(state): count for state, count in sorted(states.items())}
    batch.ended_at = timezone.now()
    batch.digest = digest_of(batch)
    become(batch, BatchState.DONE)
    log.info("disposal_done", ids=str(batch.pk), code=batch.digest)
    return True


def facts_of(batch: DisposalBatch) -> dict[str, Any]:
    """What the certificate says, but for the list: opaque ids, days and counts."""
    rule = batch.rule
    return {
        "reference": batch.reference, "record_type": batch.record_type, "rule": rule.number, "months": rule.months,
        "ceiling": rule.ceiling_months, "action": rule.action, "as_of": batch.as_of.isoformat(),
        "cutoff": batch.cutoff.isoformat(), "prepared_by": str(batch.prepared_by_id),
        "approved_by": str(batch.approved_by_id), "standing": batch.standing_id,
        "ended_at": batch.ended_at.isoformat() if batch.ended_at else "", "counts": batch.counts,
    }  # fmt: skip


def digest_of(batch: DisposalBatch) -> str:
    """SHA-256 over the facts and then every file's opaque id and what became of it, one line each."""
    digest = hashlib.sha256(_line(facts_of(batch)))
    items = batch.items.order_by("id").values_list("person", "state", "last_use", "due_on")
    for person, state, last_use, due_on in items.iterator(chunk_size=FETCHED):
        digest.update(_line([str(person), state, last_use.isoformat(), due_on.isoformat()]))
    return digest.hexdigest()


def _line(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"
