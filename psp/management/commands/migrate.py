"""`migrate` brings both databases up to date: the main one, then the one of the data keys."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from psp.keys.router import KEYS
from psp.migrating import LeanExecutor

migrate.MigrationExecutor = LeanExecutor  # type: ignore[attr-defined]


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["database"] == "default" and not options.get("app_label") and not options.get("check_unapplied"):
            # Nothing else has tables there: going through every app's history twice would double the time.
            super().handle(*args, **{**options, "database": KEYS, "app_label": KEYS})
