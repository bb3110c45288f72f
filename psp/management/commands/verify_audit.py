"""Walk the chain of the access log. Exit 1 and the first broken entry where it does not hold."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from psp.audit import services

WORDS = {
    "missing": "was removed",
    "altered": "was altered",
    "returned": "was put back after it had been removed",
    "unlinked": "is not in the chain: it was slipped in, or its link was removed",
}


class Command(BaseCommand):
    help = "Verify the tamper-evident chain of the access log."

    def handle(self, *args: Any, **options: Any) -> None:
        services.seal()
        verdict = services.verify()
        if verdict.reason == "checkpoint":
            self.stderr.write(f"Checkpoint {verdict.broken} was altered, or one before it was removed.")
            sys.exit(1)
        if verdict.broken is not None:
            self.stderr.write(
                f"Entry {verdict.broken} {WORDS[verdict.reason]}; {verdict.checked} entries before it hold."
            )
            sys.exit(1)
        self.stdout.write(f"The chain holds: {verdict.checked} entries.")
