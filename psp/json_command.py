"""Commands that take JSON from a file and print JSON: exit 2 and one clear line for bad input. No database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from psp.json_input import InputError


def read_text(name: str) -> str:
    """The text of a file, or of standard input for "-"; InputError when it cannot be read."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no UTF-8 text"
        raise InputError("input", f"cannot be read: {reason}") from None


class JsonCommand(BaseCommand):
    """A command says what it answers to its options; InputError for anything that it refuses."""

    requires_system_checks = []
    requires_migrations_checks = False

    def answer(self, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self.answer(**options)
        except InputError as error:
            raise CommandError(" ".join(str(error).split()), returncode=2) from error
        self.stdout.write(json.dumps(result))
