"""`manage.py backup --to DIR [--follow SECONDS]`: the server's files, sealed; then its log as it is written.

Needs PSP_BACKUP_URL (an account that may replicate) and PSP_BACKUP_KEY. Run it once for each of the two servers,
to two places (docs/operations/recovery.md).
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from psp.backups.taking import BackupFailed, Source, receive_wal, seal_wal, take_base
from psp.crypto.cipher import decode_key


def backup_key() -> bytes:
    try:
        return decode_key(settings.PSP_BACKUP_KEY)
    except ValueError as error:
        raise CommandError(f"PSP_BACKUP_KEY is not a key. {error}", returncode=2) from error


class Command(BaseCommand):
    help = "Take an encrypted backup that can be restored to a moment."
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, help="an empty folder for this backup")
        parser.add_argument("--follow", type=float, default=0, help="seal the log every so many seconds, until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PSP_BACKUP_URL:
            raise CommandError("Set PSP_BACKUP_URL to the server, as an account that may replicate.", returncode=2)
        key, source, folder = backup_key(), Source(settings.PSP_BACKUP_URL), Path(options["to"])
        spool = folder / "receiving"
        try:
            # First the log, so that no moment is missing between the two.
            receiving = receive_wal(source, spool) if options["follow"] else None
            take_base(source, folder, key)
            self.stdout.write("The server's files are sealed.")
            self.stdout.flush()
            while receiving is not None:
                if receiving.poll() is not None:
                    seal_wal(spool, folder, key)
                    raise BackupFailed("The server does not send its log any more.")
                time.sleep(options["follow"])
                seal_wal(spool, folder, key)
        except (BackupFailed, OSError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            seal_wal(spool, folder, key)
