"""Writing new rows of several tables in one round trip to the database, each with its history.

For what arrives all at once, such as an application: eleven rows that mean nothing one without the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import connection, models
from django.utils import timezone

from psp.context_vars import actor_id


def insert_all(*rows: models.Model) -> None:
    """Insert `rows` in this order, as `save(force_insert=True)` on each would: prepared and sealed the same way.

    No signals are sent (history is written here), and a key that the database makes is not read back: pass such
    a row only if nobody needs its key. Call it inside a transaction.
    """
    statements, values = [], []
    for row in rows:
        for one in _with_history(row):
            statement, prepared = _insert(one)
            statements.append(statement)
            values += prepared
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements), values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _with_history(row: models.Model) -> Iterator[models.Model]:
    yield row
    history = _history_of(type(row))
    if history is not None:
        # Read from the row's own store: what is sealed there already need not be opened and sealed again.
        kept = {field.attname: row.__dict__[field.attname] for field in history.tracked_fields}
        yield history(history_date=timezone.now(), history_type="+", history_user_id=actor_id.get(), **kept)


@cache
def _history_of(model: type[models.Model]) -> Any:
    manager = getattr(model, "history", None)
    return None if manager is None else manager.model


def _insert(row: models.Model) -> tuple[str, list[Any]]:
    columns, marks, values = [], [], []
    for field in row._meta.local_concrete_fields:
        value = field.pre_save(row, add=True)
        if value is None and field.primary_key:
            continue  # the database makes it
        prepared = field.get_db_prep_save(value, connection)
        mark = getattr(field, "get_placeholder", None)
        columns.append(connection.ops.quote_name(field.column))
        marks.append(mark(prepared, None, connection) if mark else "%s")
        values.append(prepared)
    table = connection.ops.quote_name(row._meta.db_table)
    # Names come from the models, values stay parameters.
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(marks)})", values  # noqa: S608  # nosec B608
