"""The database is what the models say: `migrate` takes a shorter way than Django's own (psp/migrating.py)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connections, models, router

pytestmark = pytest.mark.django_db

TABLES = [model for model in apps.get_models() if model._meta.managed]
# How PostgreSQL spells what Django asks for.
SPELLED = {
    "varchar": "character varying", "time": "time without time zone", "serial": "integer", "bigserial": "bigint",
}  # fmt: skip
COLUMNS = """
SELECT attname::text, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
 WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
RULES = """
SELECT conname::text, contype::text,
       (SELECT array_agg(attname::text ORDER BY attname) FROM pg_attribute
         WHERE attrelid = conrelid AND attnum = ANY(conkey))
  FROM pg_constraint WHERE conrelid = %s::regclass
"""
INDEXES = "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass"


def ask(model: type[models.Model], query: str) -> list[tuple]:
    with connections[router.db_for_write(model) or "default"].cursor() as cursor:
        cursor.execute(query, [f'"{model._meta.db_table}"'])
        return cursor.fetchall()


def spelled(field: models.Field) -> str:
    kind = str(field.db_type(connections["default"]))
    name, bracket, rest = kind.partition("(")
    return SPELLED.get(name, name) + bracket + rest.replace(", ", ",")


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_table_is_what_its_model_says(model):
    fields = [field for field in model._meta.local_concrete_fields if field.db_type(connections["default"])]
    columns = {name: (kind, needed) for name, kind, needed in ask(model, COLUMNS)}
    assert columns == {field.column: (spelled(field), not field.null) for field in fields}
    rules = ask(model, RULES)
    assert {name for name, kind, _columns in rules if kind in "cx"} >= {
        rule.name for rule in model._meta.constraints if not isinstance(rule, models.UniqueConstraint)
    }
    names = {name for name, _kind, _columns in rules} | {name for (name,) in ask(model, INDEXES)}
    assert names >= {part.name for part in (*model._meta.constraints, *model._meta.indexes)}
    leads = [field.column for field in fields if field.remote_field and field.db_constraint]
    assert sorted(columns for _name, kind, columns in rules if kind == "f") == sorted([one] for one in leads)
    unique = [[field.column] for field in fields if field.unique]
    assert all(one in [columns for _name, kind, columns in rules if kind in "up"] for one in unique)
