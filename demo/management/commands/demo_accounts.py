"""The demo's accounts, for the last lines of `make run`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from psp.demo.accounts import ACCOUNTS, PARTICIPANTS, PASSWORD
from psp.models import User


class Command(BaseCommand):
    help = "Print the demo's accounts and how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        if not User.objects.filter(made_by_demo=True).exists():
            return
        names = ", ".join(account.username for account in ACCOUNTS)
        self.stdout.write(f"  Team: {names}")
        self.stdout.write(
            f"    at /accounts/login/ with the password {PASSWORD}; the page /demo/mailbox/ shows their second code"
        )
        self.stdout.write(f"  Participants: {', '.join(PARTICIPANTS)}")
        self.stdout.write("    at /accounts/login/code/; the page /demo/mailbox/ shows the code that they are sent")
