"""Deleting rows that otherwise stay: said for one transaction, by the code that forgets people and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def letting_go() -> Iterator[None]:
    """Within this block the trigger `row_stays` lets rows go. Call inside a transaction."""
    _say("yes")
    yield
    # Not in a finally: after a refused statement the transaction can only be taken back, and the word with it.
    _say("no")


def _say(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('psp.letting_go', %s, true)", [word])
