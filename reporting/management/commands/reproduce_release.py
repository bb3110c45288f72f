"""Make a published report again from what is kept, and compare: exit 1 and the places where it is not what it was."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reporting.models import Release
from reporting.releases.reproducing import reproduce


class Command(BaseCommand):
    help = "Make a report again from its frozen tables and definitions, and compare it with its digest."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("release", help="number of the report, as in its address")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["release"]
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
        release = Release.objects.filter(pk=number).first()
        if release is None:
            raise CommandError(f"there is no report {wanted[:20]!r}", returncode=2)
        found = reproduce(release)
        for place in found.differs:
            self.stdout.write(place)
        if not found.alike:
            raise CommandError(f"report {number} cannot be made again to the letter", returncode=1)
        self.stdout.write(f"report {number}: {release.tables.count()} tables, {release.digest}")
        again = "no, the program no longer counts: " + ", ".join(found.uncountable) if found.uncountable else "yes"
        self.stdout.write(f"counting again would be possible: {again}")
