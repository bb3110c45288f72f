"""`manage.py propose_groups --input FILE [--time-limit SECONDS]`: a problem in, a proposal out. No database."""

from __future__ import annotations

import math
from typing import Any

from django.core.management.base import CommandParser

from groups.formation_input import FormationError, read_problem
from psp.json_command import JsonCommand, read_text

DEFAULT_SECONDS = "60"
MOST_SECONDS = 3600


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= MOST_SECONDS:
        raise FormationError("time-limit", f"must be a number of seconds, at most {MOST_SECONDS}")
    return seconds


class Command(JsonCommand):
    help = "Form the best groups from people, leaders, times and pairs to keep apart."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--input", required=True, help='file with the problem as JSON, or "-"')
        parser.add_argument("--time-limit", default=DEFAULT_SECONDS, help="seconds at most")

    def answer(self, **options: Any) -> dict[str, Any]:
        seconds = _seconds(options["time_limit"])
        problem = read_problem(read_text(options["input"]))
        # The solver is loaded only where it is used: it would cost every other process some 40 MB.
        from groups.formation import propose

        return propose(problem, seconds=seconds).to_json()
