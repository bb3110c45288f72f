"""What the worker does for sessions, by itself or for an id."""

from celery import shared_task
from django.utils import timezone

from sessions import services_calendar


@shared_task(acks_late=True, ignore_result=True)
def forget_feeds() -> None:
    """Every night, by beat: addresses of calendars of people who are in no group any more."""
    services_calendar.forget_feeds(timezone.localdate())
