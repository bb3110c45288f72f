"""`manage.py propose_groups --input FILE [--time-limit SECONDS]`: a problem in, a proposal out. No database."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from groups.formation_input import FormationError, read_problem

DEFAULT_SECONDS = "60"
MOST_SECONDS = 3600


def _read(name: str) -> str:
    """The text of a file, or of standard input for "-"; FormationError when it cannot be read."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no UTF-8 text"
        raise FormationError("input", f"cannot be read: {reason}") from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= MOST_SECONDS:
        raise FormationError("time-limit", f"must be a number of seconds, at most {MOST_SECONDS}")
    return seconds


def answer(input_name: str, seconds: str) -> dict[str, Any]:
    """What the command prints; FormationError for anything it refuses."""
    limit = _seconds(seconds)
    problem = read_problem(_read(input_name))
    # The solver is loaded only where it is used: it would cost every other process some 40 MB.
    from groups.formation import propose

    return propose(problem, seconds=limit).to_json()


class Command(BaseCommand):
    help = "Form the best groups from people, leaders, times and pairs to keep apart."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--input", required=True, help='file with the problem as JSON, or "-"')
        parser.add_argument("--time-limit", default=DEFAULT_SECONDS, help="seconds at most")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = answer(options["input"], options["time_limit"])
        except FormationError as error:
            raise CommandError(" ".join(str(error).split()), returncode=2) from error
        self.stdout.write(json.dumps(result))
