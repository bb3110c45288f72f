"""Housekeeping of the floor, by beat."""

from celery import shared_task
from django.core.management import call_command


@shared_task(acks_late=True, ignore_result=True)
def clear_expired() -> None:
    """Remove sessions that have ended."""
    call_command("clearsessions")
