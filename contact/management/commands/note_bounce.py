"""`manage.py note_bounce < report`: what the sender's mailbox hands each message that it receives to."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contact import came_back

# A report repeats at most a short message.
LARGEST = 1_000_000


class Command(BaseCommand):
    help = "Note that a message did not arrive: a delivery report (RFC 3464) on standard input. Any number of times."

    def handle(self, *args: Any, **options: Any) -> None:
        report = sys.stdin.buffer.read(LARGEST + 1)
        if not report.strip():
            raise CommandError("Nothing came in on standard input.", returncode=2)
        if len(report) > LARGEST:
            raise CommandError("This is too long for a delivery report; nothing was noted.", returncode=2)
        found = came_back.message_of(report)
        if found is None:
            self.stdout.write("No report of a message that did not arrive; nothing was noted.")
        elif came_back.note(found, timezone.now()):
            self.stdout.write("Noted: the message did not arrive.")
        else:
            self.stdout.write("Known already, or no message of ours; nothing was noted.")
