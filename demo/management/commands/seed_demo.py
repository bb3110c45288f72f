"""Repeatable synthetic data, for the demo and the benches."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from demo.seed import NotEmpty, seed
from demo.tasks import do_the_rest
from psp.queue import after_commit

MOST = 100_000


class Command(BaseCommand):
    help = "Fill an empty database with synthetic people, groups and sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--participants", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--years", type=float, default=3.0)
        parser.add_argument("--waiting", type=int, default=0)
        parser.add_argument(
            "--later",
            action="store_true",
            help="Have the rest made in the background: the days of those who lead, figures and the first reports.",
        )

    def handle(
        self, *args: Any, participants: int, seed: int, years: float, waiting: int = 0, later: bool = False,
        **options: Any,
    ) -> None:  # fmt: skip
        if not 0 <= waiting <= MOST:
            self.refuse(f"--waiting is a number from 0 to {MOST}.")
        if not 0 <= participants <= MOST:
            self.refuse(f"--participants is a number from 0 to {MOST}.")
        if not 0 < years <= 20:
            self.refuse("--years is more than 0 and at most 20.")
        try:
            counts = make(participants=participants, seed=seed, years=years, waiting=waiting)
        except NotEmpty as error:
            self.refuse(str(error))
        else:
            if later:
                after_commit(do_the_rest)
            self.stdout.write(", ".join(f"{count} {what}" for what, count in counts.items()))

    def refuse(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(2)


make = seed
