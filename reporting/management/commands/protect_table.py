"""`manage.py protect_table --input FILE [--threshold T]`: counts in, protected table out. No database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.disclosure import DEFAULT_THRESHOLD, DisclosureError, protect, read_table


def _read(name: str) -> str:
    """The text of a file, or of standard input for "-"; DisclosureError when it cannot be read."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no UTF-8 text"
        raise DisclosureError("input", f"cannot be read: {reason}") from None


def _threshold(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise DisclosureError("threshold", "must be a whole number") from None


def answer(input_name: str, threshold: str) -> dict[str, Any]:
    """What the command prints; DisclosureError for anything it refuses."""
    return protect(read_table(_read(input_name)), _threshold(threshold)).to_json()


class Command(BaseCommand):
    help = "Hide the small counts of a table, with every figure from which they could be worked out."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--input", required=True, help='file with the table as JSON, or "-"')
        parser.add_argument("--threshold", default=str(DEFAULT_THRESHOLD), help="smallest count to show")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = answer(options["input"], options["threshold"])
        except DisclosureError as error:
            raise CommandError(" ".join(str(error).split()), returncode=2) from error
        self.stdout.write(json.dumps(result))
