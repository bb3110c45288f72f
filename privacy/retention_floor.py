"""What the floors below know: requests about one's own information, the access log, and earlier states of records."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.fields.related import RelatedField
from django.db.models.functions import TruncDate

from privacy import datamap
from privacy.choices import RequestState
from privacy.choices_retention import RecordType
from privacy.models import Hold, RightsRequest
from privacy.retention import LastUse, Removal, Rows, Used, add_last_use, add_rows, add_rows_source
from psp.audit.models import Entry
from psp.audit.thinning import thin
from psp.models import User


def requests(people: Collection[UUID]) -> Iterable[Used]:
    rows = RightsRequest.objects.filter(person__in=people).order_by()
    for person, state, asked, ended in rows.values_list("person_id", "state", "asked_at", "ended_at"):
        yield person, None if state == RequestState.OPEN else ended or asked


# --- The access log ---


def log_due(cutoff: datetime, until: datetime) -> Iterable[tuple[date, int]]:
    return days_of(Entry.objects.filter(at__lt=until), "at")


def log_remove(cutoff: datetime, most: int, batch: UUID, position: int) -> Removal:
    """From the chain's beginning; what a hold keeps is sealed anew at its end."""
    done = thin(cutoff=cutoff, batch=batch, most=most)
    return Removal(done.removed + done.kept)


def days_of(rows: QuerySet[Any], field: str) -> Iterable[tuple[date, int]]:
    """(day, how many) of these rows by the program's clock."""
    found = rows.order_by().annotate(day=TruncDate(field)).values_list("day").annotate(count=Count("pk"))
    yield from found.values_list("day", "count")


# --- Earlier states ---


def history_models() -> list[tuple[Any, str]]:
    """Every table of earlier states of something about a person, with the path from there to the account."""
    found = []
    for holding in datamap.holdings():
        model: Any = apps.get_model(holding.model)
        if hasattr(model, "instance_type"):
            found.append((model, holding.path))
    return found


def history_rows() -> Iterable[Rows]:
    for model, path in history_models():
        due, remove = partial(history_due, model), partial(history_remove, model, path)
        yield Rows(model._meta.label_lower, RecordType.HISTORY, due, remove)


def superseded(model: Any, before: datetime) -> QuerySet[Any]:
    """What stopped being true before that moment: a later state came, or the record itself went.

    The state that held at that moment stays, so that what happened since then can still be told whole.
    """
    key = model.instance_type._meta.pk.attname
    later = model._base_manager.filter(
        **{key: OuterRef(key)}, history_id__gt=OuterRef("history_id"), history_date__lt=before
    )
    rows: QuerySet[Any] = model._base_manager.filter(Q(history_type="-") | Exists(later), history_date__lt=before)
    return rows


def history_due(model: Any, cutoff: datetime, until: datetime) -> Iterable[tuple[date, int]]:
    yield from days_of(superseded(model, until), "history_date")


def history_remove(
    model: Any, path: str, cutoff: datetime, most: int, _batch: UUID, position: int
) -> Removal:  # fmt: skip
    """A window of old states at a time: how many it holds is known, so no step looks through the whole table."""
    old = model._base_manager.filter(history_date__lt=cutoff).order_by("history_id")
    while window := list(old.filter(history_id__gt=position).values_list("history_id", flat=True)[:most]):
        rows = without_held(superseded(model, cutoff).filter(history_id__in=window), path)
        keys = list(rows.order_by().values_list("history_id", flat=True))
        position = window[-1]
        if keys:
            return Removal(model._base_manager.filter(history_id__in=keys)._raw_delete("default"), position)
    return Removal(0)


def without_held(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """Without what is about anybody whom a hold protects. Where a table cannot say whose it is, a hold keeps it all."""
    held = list(Hold.objects.standing().values_list("person_id", flat=True))
    if not held:
        return rows
    return rows.exclude(**{f"{path}__in": held}) if leads_to_account(rows.model, path) else rows.none()


def leads_to_account(model: Any, path: str) -> bool:
    """Whether the path ends at the account itself, and not at a digest or a sealed word."""
    if path == "id":
        return bool(model.instance_type is User)
    field: Any = None
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    return model is User and (isinstance(field, RelatedField) or field.primary_key)


def keep_holds_still() -> None:
    """No hold is opened between looking for one and the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE privacy_hold IN SHARE MODE")


def register() -> None:
    add_last_use(LastUse("requests", requests))
    add_rows(Rows("access_log", RecordType.ACCESS_LOG, log_due, log_remove))
    add_rows_source(history_rows)


def newest(rows: QuerySet[Any], person: str, moment: str) -> Iterable[Used]:
    """(account, latest moment) of these rows."""
    found = rows.order_by().values_list(person).annotate(latest=Max(moment))
    yield from ((key, latest) for key, latest in found if latest is not None)


def in_use(rows: QuerySet[Any], person: str) -> Iterable[Used]:
    """These rows say that the person's information is in use now."""
    yield from ((key, None) for key in rows.order_by().values_list(person, flat=True).distinct())
