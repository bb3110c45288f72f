"""`manage.py protect_table --input FILE [--threshold T]`: counts in, protected table out. No database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from psp.json_command import JsonCommand, read_text
from reporting.disclosure import DEFAULT_THRESHOLD, DisclosureError, protect, read_table


def _threshold(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise DisclosureError("threshold", "must be a whole number") from None


class Command(JsonCommand):
    help = "Hide the small counts of a table, with every figure from which they could be worked out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--input", required=True, help='file with the table as JSON, or "-"')
        parser.add_argument("--threshold", default=str(DEFAULT_THRESHOLD), help="smallest count to show")

    def answer(self, **options: Any) -> dict[str, Any]:
        return protect(read_table(read_text(options["input"])), _threshold(options["threshold"])).to_json()
