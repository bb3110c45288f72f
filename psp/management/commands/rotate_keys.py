"""A new master key: every data key is wrapped anew, then the old master key opens nothing."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from psp.crypto import cipher, masters
from psp.keys import services

ADVICE = (
    "PSP_MASTER_KEYS comes from the environment, which a command cannot change. Put a new key in front of it "
    "(id:base64 of 32 bytes), restart every process, and run this command again."
)


class Command(BaseCommand):
    help = "Make a new master key, or use the first of PSP_MASTER_KEYS, and wrap all data keys anew."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rotate_file() if settings.PSP_MASTER_KEYS_FILE else rotate_environment()
        except (cipher.SealBroken, DatabaseError, OSError) as error:
            self.stderr.write(f"Nothing is lost: some data keys still have their old master key. {error}")
            sys.exit(2)
        if count is None:
            self.stderr.write(ADVICE)
            sys.exit(2)
        self.stdout.write(f"{count} data keys are wrapped under master key {masters.current()[0]}.")


def rotate_file() -> int:
    """New key first in the file, re-wrap, then forget the old ones. Running processes read the file again.

    The old keys stay in the file until nothing needs them, so a fault on the way loses nothing.
    """
    name, key = masters.new_id(), cipher.new_key()
    masters.write_file({name: key, **masters.all_keys()})
    count = services.rotate(name, key)
    masters.write_file({name: key})
    return count


def rotate_environment() -> int | None:
    """Re-wrap under the first key of the environment; None if there is only one key."""
    if len(masters.all_keys()) < 2:
        return None
    return services.rotate(*masters.current())
