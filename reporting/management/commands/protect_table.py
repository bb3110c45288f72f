"""`manage.py protect_table --input FILE [--threshold T]`: counts in, protected table out. No database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from psp.json_command import JsonCommand, read_text
from reporting.disclosure import DEFAULT_THRESHOLD, DisclosureError, protect_request, read_request


def _threshold(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise DisclosureError("threshold", "must be a whole number") from None


class Command(JsonCommand):
    help = "Hide the small counts of a table, with as few others as keep them from being worked out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--input", required=True, help='file with the table as JSON, or "-"')
        parser.add_argument("--threshold", default=str(DEFAULT_THRESHOLD), help="smallest count to show")

    def answer(self, **options: Any) -> dict[str, Any]:
        request = read_request(read_text(options["input"]))
        return request.answer(protect_request(request, _threshold(options["threshold"])))
