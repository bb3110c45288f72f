"""Whether every row is what its own history says last: the test of bulk writes ([security] 32)."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, models
from simple_history.utils import get_history_model_for_model

from psp.crypto.fields import EncryptedTextField
from tests.environment import KEPT

# Counts the ends of sessions; what ended them is told by what changed.
TECHNICAL = frozenset({"epoch"})


def tracked() -> list[type[models.Model]]:
    """The models that keep their earlier states, without reference data: its beginning is in the migrations."""
    return [model for model in apps.get_models() if hasattr(model, "history") and model._meta.db_table not in KEPT]


def holes() -> list[str]:
    """`table: key` of each row whose latest kept state is missing or is not the row as it stands.

    Columns that the history leaves out, and sealed ones (the same text is sealed anew each time), are not compared.
    """
    with connection.cursor() as cursor:
        found: list[str] = []
        for model in tracked():
            cursor.execute(_question(model))
            found += [f"{model._meta.db_table}: {key}" for (key,) in cursor.fetchall()]
    return found


def _question(model: Any) -> str:
    history = get_history_model_for_model(model)
    key = model._meta.pk.column
    known = {field.column for field in history._meta.local_concrete_fields}
    compared = [field for field in model._meta.local_concrete_fields if not isinstance(field, EncryptedTextField)]
    columns = [field.column for field in compared if field.column in known - TECHNICAL]
    mine, theirs = (", ".join(f'{alias}."{column}"' for column in columns) for alias in ("present", "kept"))
    return (
        f'SELECT present."{key}" FROM "{model._meta.db_table}" present LEFT JOIN LATERAL ('
        f'SELECT * FROM "{history._meta.db_table}" h WHERE h."{key}" = present."{key}" '
        "ORDER BY h.history_date DESC, h.history_id DESC LIMIT 1) kept ON true "
        f"WHERE kept.history_id IS NULL OR kept.history_type = '-' OR ({mine}) IS DISTINCT FROM ({theirs})"
    )
