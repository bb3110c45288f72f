"""Writing new rows of several tables in one round trip to the database, each with its history.

For what arrives all at once, such as an application: a dozen rows that mean nothing one without the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import connections, models
from django.utils import timezone

from psp.context_vars import actor_id

ALIAS = "default"
Insert = tuple[str, list[Any]]


def insert_all(*rows: models.Model) -> None:
    """Insert `rows` in this order, as `save(force_insert=True)` on each would: prepared and sealed the same way.

    No signals are sent (history is written here), and a key that the database makes is not read back: pass such
    a row only if nobody needs its key. Call it inside a transaction.
    """
    connection = connections[ALIAS]
    with connection.cursor() as cursor:
        # Bound one by one: each is short enough for the driver to remember how it is parsed.
        statements = [cursor.mogrify(*insert) for row in rows for insert in _inserts(row, connection)]
        cursor.execute("; ".join(statements))
    for row in rows:
        row._state.adding, row._state.db = False, ALIAS


def _inserts(row: models.Model, connection: Any) -> Iterator[Insert]:
    """The row's own statement, then that of its history, which repeats the same values."""
    table = _table(type(row))
    prepared = {field.column: _prepare(field, row, connection) for field in table.fields}
    yield table.sql, list(prepared.values())
    if table.history is not None:
        own, tracked = table.history
        made = own.model(history_date=timezone.now(), history_type="+", history_user_id=actor_id.get())
        yield (
            own.sql,
            [
                prepared[field.column] if field.column in tracked else _prepare(field, made, connection)
                for field in own.fields
            ],
        )


def _prepare(field: Any, row: models.Model, connection: Any) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)


class _Table:
    """How rows of one model are written; `history` is its history's table and the columns that both have."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
        self.sql = self._insert(connections[ALIAS])
        manager = getattr(model, "history", None)
        self.history = None
        if manager is not None:
            self.history = _Table(manager.model), frozenset(field.column for field in manager.model.tracked_fields)

    def _insert(self, connection: Any) -> str:
        quote = connection.ops.quote_name
        names = ", ".join(quote(field.column) for field in self.fields)
        marks = ", ".join(
            field.get_placeholder(None, None, connection) if hasattr(field, "get_placeholder") else "%s"
            for field in self.fields
        )
        # Names come from the models, values stay parameters.
        return f"INSERT INTO {quote(self.model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608  # nosec B608


@cache
def _table(model: type[models.Model]) -> _Table:
    return _Table(model)
