"""`manage.py replay_erasures`: after a restore, before opening. Needs the owner's database role (PSP_DB_ROLE=owner)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from privacy.ledger import LedgerBroken
from privacy.replaying import replay
from psp.errors import constraint_name


class Command(BaseCommand):
    help = "Erase again, after a restore, everybody whom the erasure ledger names. Any number of times."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = replay()
        except (LedgerBroken, OSError) as error:
            raise CommandError(f"{error} Do not open the site.", returncode=2) from error
        except IntegrityError as error:
            if constraint_name(error) != "erasure_replayed_by_owner":
                raise
            raise CommandError("Run this as the owner of the tables: PSP_DB_ROLE=owner.", returncode=2) from error
        self.stdout.write(
            f"{done.lines} lines in the ledger; {done.keys} keys destroyed again, {done.erased} people erased again."
        )
