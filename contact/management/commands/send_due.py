"""`manage.py send_due [--now ISO8601]`: queue the reminders that are due and send what waits."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contact import delivery


def moment(text: str) -> datetime:
    """An ISO 8601 moment; without an offset it is in the server's time zone. CommandError for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--now: not a moment in ISO 8601: {text}", returncode=2) from error
    return found if timezone.is_aware(found) else timezone.make_aware(found)


class Command(BaseCommand):
    help = "Queues reminders that are due and sends what waits. Safe to run at any time, in parallel."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", default="", metavar="ISO8601", help="pretend that it is this moment")

    def handle(self, *args: Any, **options: Any) -> None:
        now = moment(options["now"]) if options["now"] else timezone.now()
        counts = delivery.send_due(now)
        sys.stdout.write(" ".join(f"{name}={count}" for name, count in sorted(counts.items()) if count) + "\n")
