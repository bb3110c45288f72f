"""What the worker does for those who lead, by itself."""

from celery import shared_task
from django.utils import timezone

from supporters import incidents_of_person


@shared_task(acks_late=True, ignore_result=True)
def forget_incidents() -> None:
    """Every night, by beat: reports that were closed long ago, and what was learned from them still longer ago."""
    incidents_of_person.forget(timezone.now())
