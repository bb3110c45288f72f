"""What the worker does for groups, by itself or for an id."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from groups import services_enrolling


@shared_task(acks_late=True, ignore_result=True)
def offer_next(group_id: str) -> None:
    """Right after a place became free; beat's sweep offers it if this never runs."""
    services_enrolling.offer_next(UUID(group_id))


@shared_task(acks_late=True, ignore_result=True)
def offer_places() -> None:
    """By beat: free places of open groups to whoever is next in line."""
    services_enrolling.offer_everywhere(timezone.now())
