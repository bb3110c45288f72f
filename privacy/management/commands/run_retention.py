"""`manage.py run_retention [--as-of DATE] [--dry-run]`: what beat runs every night. Safe to run twice, also at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from privacy.services_retention import run


class Command(BaseCommand):
    help = "Find what is past its time, propose its disposal, and carry out what two people approved."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", help="the day to look at, e.g. 2026-11-30; by default today")
        parser.add_argument("--dry-run", action="store_true", help="only say what is due")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        try:
            as_of = date.fromisoformat(options["as_of"]) if options["as_of"] else today
        except ValueError:
            raise CommandError("Write the day as in 2026-11-30.", returncode=2) from None
        looking = options["dry_run"] or as_of > today
        for outcome in run(as_of=as_of, dry_run=looking):
            more = "" if looking else f", proposed as {outcome.proposed or 'nothing'}, {outcome.gone} gone"
            self.stdout.write(f"{outcome.record_type}: {outcome.due} due{more}")
        if as_of > today:
            self.stdout.write("That day has not come yet: nothing was proposed and nothing went.")
