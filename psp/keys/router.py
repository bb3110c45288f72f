"""Sends the data keys to the database "keys" and everything else to "default"."""

from __future__ import annotations

from typing import Any

KEYS = "keys"


class KeysRouter:
    def db_for_read(self, model: Any, **_hints: Any) -> str:
        return KEYS if model._meta.app_label == KEYS else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **_hints: Any) -> bool:
        return bool((one._meta.app_label == KEYS) == (other._meta.app_label == KEYS))

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return (app_label == KEYS) == (db == KEYS)
