"""When somebody was last reached, and the texts of old messages, which go before the file does."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Func, IntegerField, QuerySet

from contact.choices import CallState, OutboxState
from contact.models import CallTask, OutboxMessage
from privacy.choices_retention import RecordType
from privacy.retention import LastUse, Rows, Used, add_last_use, add_rows
from privacy.retention_floor import days_of, in_use, newest, without_held

UNDER_WAY = [OutboxState.WAITING, OutboxState.SENDING]


def messages(people: Collection[UUID]) -> Iterable[Used]:
    mine = OutboxMessage.objects.filter(person__in=people)
    yield from newest(mine, "person_id", "finished_at")
    yield from in_use(mine.filter(state__in=UNDER_WAY), "person_id")


def calls(people: Collection[UUID]) -> Iterable[Used]:
    mine = CallTask.objects.filter(person__in=people)
    yield from newest(mine, "person_id", "finished_at")
    yield from in_use(mine.filter(state=CallState.OPEN), "person_id")


def written(before: datetime) -> QuerySet[Any]:
    """Messages that are over since then and still say what they said."""
    rows = OutboxMessage.objects.filter(finished_at__lt=before)
    found: QuerySet[Any] = rows.alias(said=_length("subject") + _length("body") + _length("secret")).exclude(said=0)
    return found


def _length(name: str) -> Func:
    """Of what is sealed there: it cannot be compared."""
    return Func(F(name), function="octet_length", output_field=IntegerField())


def texts_due(_cutoff: datetime, until: datetime) -> Iterable[tuple[date, int]]:
    yield from days_of(written(until), "finished_at")


def texts_remove(cutoff: datetime, most: int, _batch: UUID) -> int:
    """That something went out, when and how it ended, stays with the file; what it said does not."""
    keys = list(without_held(written(cutoff), "person").order_by("pk").values_list("pk", flat=True)[:most])
    rows = OutboxMessage.objects.filter(pk__in=keys)
    return rows.update(subject="", body="", secret="", context={}) if keys else 0  # nosec B106


def register() -> None:
    add_last_use(LastUse("messages", messages))
    add_last_use(LastUse("calls", calls))
    add_rows(Rows("contact.outboxmessage", RecordType.MESSAGE, texts_due, texts_remove))
