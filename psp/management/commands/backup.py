"""`manage.py backup --to DIR [--follow SECONDS]`: the server's files, sealed; then its log as it is written.

Needs PSP_BACKUP_URL (an account that may replicate) and PSP_BACKUP_KEY. Run it once for each of the two servers,
to two places (docs/operations/recovery.md).
"""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from psp.backups.ledgers import seal_ledgers
from psp.backups.taking import BASE, BackupFailed, Source, receive_wal, seal_wal, take_base
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
        # Stopped as a service is, it ends as it does from a keyboard: what was received is sealed first.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            self.take(source, folder, key, every=options["follow"])
        except (BackupFailed, OSError) as error:
            raise CommandError(str(error)) from error

    def take(self, source: Source, folder: Path, key: bytes, *, every: float) -> None:
        spool = folder / "receiving"
        if (folder / BASE).exists():
            raise BackupFailed("There is a backup in that folder already: begin a new folder for each.")
        # First the log, so that no moment is missing between the two.
        receiving = receive_wal(source, spool) if every else None
        try:
            take_base(source, folder, key)
            seal_ledgers(ledgers(), folder, key)
            self.stdout.write("The server's files are sealed.")
            self.stdout.flush()
            while receiving is not None:
                if receiving.poll() is not None:
                    raise BackupFailed("The server does not send its log any more.")
                time.sleep(every)
                seal_wal(spool, folder, key)
                seal_ledgers(ledgers(), folder, key)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        finally:
            if receiving is not None:
                end(receiving)
                seal_wal(spool, folder, key)
                seal_ledgers(ledgers(), folder, key)


def ledgers() -> tuple[Path, Path]:
    return settings.PSP_ERASURE_LEDGER, settings.PSP_SEND_LEDGER


def end(receiving: subprocess.Popen[bytes]) -> None:
    """Let it write down what it has; it would go on by itself otherwise, and fill the disk."""
    receiving.terminate()
    try:
        receiving.wait(10)
    except subprocess.TimeoutExpired:
        receiving.kill()
        receiving.wait()
