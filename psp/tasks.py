"""Housekeeping of the floor, by beat."""

from celery import shared_task
from django.core.management import call_command
from django.db import connection

from psp.crypto import parting

# The cache itself takes them away only once it is full: what is over would say for months who was here.
OVER = "DELETE FROM psp_cache WHERE expires < now()"


@shared_task(acks_late=True, ignore_result=True)
def clear_expired() -> None:
    """Remove sessions that have ended, counters whose hour is over, and keys of rows that are gone."""
    call_command("clearsessions")
    with connection.cursor() as cursor:
        cursor.execute(OVER)
    parting.sweep()
