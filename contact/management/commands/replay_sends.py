"""`manage.py replay_sends`: after a restore, before opening, so that nothing is sent a second time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contact import sends


class Command(BaseCommand):
    help = "Tell the outbox, after a restore, what the send ledger says was handed over. Any number of times."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = sends.replay()
        except OSError as error:
            raise CommandError(f"The send ledger cannot be read ({error.strerror}). Do not open the site.") from error
        self.stdout.write(f"{count} messages were handed over before; none of them leaves again.")
