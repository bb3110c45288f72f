"""What the floors below know: requests about one's own information, the access log, and earlier states of records."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.db.models import BooleanField, Count, Max, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.related import RelatedField
from django.db.models.functions import TruncDate
from django.utils import timezone

from privacy import datamap
from privacy.choices import RequestState
from privacy.choices_retention import RecordType
from privacy.models import Hold, RightsRequest
from privacy.retention import LastUse, Rows, Used, add_last_use, add_rows, add_rows_source
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


def log_remove(cutoff: datetime, most: int, batch: UUID) -> int:
    """From the chain's beginning; what a hold keeps is sealed anew at its end."""
    done = thin(cutoff=cutoff, batch=batch, most=most)
    return done.removed + done.kept


def days_of(rows: QuerySet[Any], field: str) -> Iterable[tuple[date, int]]:
    """(day, how many) of these rows by the program's clock."""
    found = rows.order_by().annotate(day=TruncDate(field)).values_list("day").annotate(count=Count("pk"))
    yield from found.values_list("day", "count")


# --- Earlier states ---

# What stopped being true before that moment: a later state came, or the record itself went. The state that held then
# stays, so that what happened since can still be told whole. Joined as a whole: a look for each state costs more than
# its deletion.
SUPERSEDED = """
SELECT old.history_id, old.history_date
  FROM {table} old
  JOIN (SELECT {key} AS record, max(history_id) AS last FROM {table} WHERE history_date < %(before)s GROUP BY {key})
       AS newest ON newest.record = old.{key}
 WHERE old.history_date < %(before)s AND (old.history_type = '-' OR old.history_id < newest.last)
"""
DUE = """
SELECT (history_date AT TIME ZONE %(zone)s)::date AS day, count(*) FROM ({superseded}) AS gone GROUP BY day
"""
FIND = """
DECLARE superseded_states NO SCROLL CURSOR WITH HOLD FOR
 SELECT array_agg(history_id)::text FROM ({superseded}) AS gone
  GROUP BY history_id / %(most)s ORDER BY history_id / %(most)s
"""


def history_models() -> list[tuple[Any, str]]:
    """Every table of earlier states that go by this rule, with the path from there to the account."""
    return [
        (apps.get_model(holding.model), holding.path)
        for holding in datamap.holdings()
        if holding.retention == datamap.EARLIER
    ]


def history_rows() -> Iterable[Rows]:
    for model, path in history_models():
        due, remove, find = (partial(history_due, model), partial(history_remove, model, path),
                             partial(history_find, model))  # fmt: skip
        yield Rows(model._meta.label_lower, RecordType.HISTORY, due, remove, find, most=10_000)


def history_sql(model: Any, statement: str) -> str:
    """`statement` about earlier states of this model that stopped being true before %(before)s."""
    table, key = model._meta.db_table, model.instance_type._meta.pk.column
    return statement.format(superseded=SUPERSEDED.format(table=table, key=key))


def history_due(model: Any, cutoff: datetime, until: datetime) -> Iterable[tuple[date, int]]:
    with connection.cursor() as cursor:
        zone = timezone.get_current_timezone_name()
        cursor.execute(history_sql(model, DUE), {"before": until, "zone": zone})
        yield from cursor.fetchall()


def history_find(model: Any, cutoff: datetime, most: int) -> None:
    """Look once for all that may go. The server keeps the list for this connection, in portions of `most` at most.

    What is on it stays superseded whatever happens meanwhile, so that only holds are asked about at each step.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        history_forget(cursor)
        # One processor is enough: the others answer people.
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(history_sql(model, FIND), {"before": cutoff, "most": most})


def history_forget(cursor: Any) -> None:
    """Let go of the list, if there is one."""
    cursor.execute("SELECT FROM pg_cursors WHERE name = 'superseded_states'")
    if cursor.fetchall():
        cursor.execute("CLOSE superseded_states")


def history_remove(model: Any, path: str, _cutoff: datetime, _most: int, _batch: UUID) -> int:
    """The next portion of the list of which anything may go: earlier ones first, and a record's end last."""
    with connection.cursor() as cursor:
        # A step that a crash forgets is done again; the certificate at the end waits for the disk, and so for them all.
        cursor.execute("SET LOCAL synchronous_commit = off")
        while keys := history_portion(cursor):
            # As one array: a list of values, or a subquery, takes several times as long as the deletion.
            listed = RawSQL(  # noqa: S611  # nosec B611 - the name is ours
                f'"{model._meta.db_table}".history_id = ANY(%s::bigint[])', [keys], BooleanField()
            )
            if count := history_unheld(model._base_manager.filter(listed), path)._raw_delete("default"):
                return int(count)
        history_forget(cursor)
    return 0


def history_unheld(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """`without_held`, asked beforehand: a deletion that looks into other tables reads them whole."""
    held = standing_holds()
    if held and leads_to_account(rows.model, path):
        kept = rows.model._base_manager.filter(**{f"{path}__in": held})
        return rows.exclude(history_id__in=list(kept.values_list("history_id", flat=True)))
    return rows.none() if held else rows


def history_portion(cursor: Any) -> str:
    """Primary keys as the text of an array: they come from the server and go back there. "" at the end."""
    cursor.execute("FETCH NEXT FROM superseded_states")
    row = cursor.fetchone()
    return str(row[0]) if row else ""


def without_held(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """Without what is about anybody whom a hold protects. Where a table cannot say whose it is, a hold keeps it all."""
    held = standing_holds()
    if not held:
        return rows
    return rows.exclude(**{f"{path}__in": held}) if leads_to_account(rows.model, path) else rows.none()


def standing_holds() -> list[UUID]:
    return list(Hold.objects.standing().values_list("person_id", flat=True))


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
