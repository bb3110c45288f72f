"""`manage.py restore --from DIR --into CLUSTER --until TIME`: an empty folder becomes the server of that moment.

Start the server on it, then `replay_erasures` and `replay_sends`, and only then the site.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from psp.backups.ledgers import check_ledger
from psp.backups.restoring import restore
from psp.backups.stream import BackupBroken
from psp.backups.taking import BackupFailed
from psp.management.commands.backup import backup_key, ledgers


class Command(BaseCommand):
    help = "Restore an encrypted backup to a moment, into an empty data directory."
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", required=True, dest="source", help="the folder of the backup")
        parser.add_argument("--into", required=True, help="the server's data directory, empty or not there yet")
        parser.add_argument(
            "--take-ledgers", action="store_true", help="add the end of a ledger that is missing here from the backup"
        )
        parser.add_argument("--until", required=True, help="the moment, with its zone, e.g. 2026-11-25T18:30:00-05:00")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            until = datetime.fromisoformat(options["until"])
        except ValueError as error:
            raise CommandError("Write the moment as in 2026-11-25T18:30:00-05:00.", returncode=2) from error
        if until.tzinfo is None:
            raise CommandError("Say in which zone the moment is, e.g. with -05:00 at its end.", returncode=2)
        folder, key = Path(options["source"]), backup_key()
        try:
            for path in ledgers():
                check_ledger(path, folder, key, take=options["take_ledgers"])
            restore(folder, Path(options["into"]), key, until=until)
        except (BackupBroken, BackupFailed, OSError) as error:
            raise CommandError(f"Nothing was restored. {error}", returncode=2) from error
        self.stdout.write("Restored. Start the server, then replay_erasures and replay_sends, then open the site.")
