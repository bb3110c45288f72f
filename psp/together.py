"""Writing new rows of several tables in one round trip to the database, each with its history.

For what arrives all at once, such as an application: a dozen rows that mean nothing one without the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any

from django.db import connections, models
from django.utils import timezone

from psp.context_vars import actor_id

ALIAS = "default"


def insert_all(*rows: models.Model, unless_there: bool = False) -> None:
    """Insert `rows` in this order, as `save(force_insert=True)` on each would: prepared and sealed the same way.

    No signals are sent (history is written here), and a key that the database makes is not read back: pass such
    a row only if nobody needs its key. Call it inside a transaction. `unless_there`: a row that a constraint refuses is
    left out in silence, for one model without history.
    """
    connection = connections[ALIAS]
    with connection.cursor() as cursor:
        statements = [text for model, some in groupby(rows, type) for text in _inserts(model, list(some), cursor)]
        cursor.execute("; ".join(statements) + " ON CONFLICT DO NOTHING" * unless_there)
    for row in rows:
        row._state.adding, row._state.db = False, ALIAS


def _inserts(model: type[models.Model], rows: list[models.Model], cursor: Any) -> Iterator[str]:
    """One statement for rows of one model that stand beside each other, then one for their history."""
    table, connection = _table(model), connections[ALIAS]
    # Bound one by one: each is short enough for the driver to remember how it is parsed.
    bound = [cursor.mogrify(table.marks, [_prepare(field, row, connection) for field in table.fields]) for row in rows]
    yield f"{table.insert} VALUES {', '.join(bound)}"
    if table.history:
        moment = [timezone.now(), actor_id.get(), [row.pk for row in rows]]
        yield cursor.mogrify(table.history, moment)


def _prepare(field: Any, row: models.Model, connection: Any) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)


class _Table:
    """How rows of one model are written, and how their history is copied from them."""

    def __init__(self, model: Any) -> None:
        connection = connections[ALIAS]
        self.fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
        marks = [
            field.get_placeholder(None, None, connection) if hasattr(field, "get_placeholder") else "%s"
            for field in self.fields
        ]
        self.marks = f"({', '.join(marks)})"
        quote = connection.ops.quote_name
        self.insert = f"INSERT INTO {quote(model._meta.db_table)} ({_names(self.fields)})"
        manager = getattr(model, "history", None)
        self.history = _copied(model, manager.model) if manager is not None else ""


def _names(fields: Iterable[Any]) -> str:
    return ", ".join(connections[ALIAS].ops.quote_name(field.column) for field in fields)


def _copied(model: Any, history: Any) -> str:
    """SQL for the first rows of history: the same values, when and who (%s), of which rows (%s)."""
    quote, same = connections[ALIAS].ops.quote_name, _names(history.tracked_fields)
    # Names come from the models, values stay parameters.
    return (
        f"INSERT INTO {quote(history._meta.db_table)} ({same}, history_date, history_type, history_user_id)"  # noqa: S608  # nosec B608 - names of tables
        f" SELECT {same}, %s, '+', %s FROM {quote(model._meta.db_table)}"
        f" WHERE {quote(model._meta.pk.column)} = ANY(%s)"
    )


@cache
def _table(model: type[models.Model]) -> _Table:
    return _Table(model)
