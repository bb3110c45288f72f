"""What the worker does for the outbox. Arguments are ids only."""

from uuid import UUID

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from contact import asking_again, delivery


@shared_task(acks_late=True, ignore_result=True)
def send_due() -> None:
    """Every minute, by beat. What fails is found by the next one."""
    delivery.send_due(timezone.now())


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), max_retries=3, retry_backoff=True)
def send_one(message_id: str) -> None:
    """Right after a message was queued; beat's sweep sends it if this never runs."""
    delivery.send_one(UUID(message_id), timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def ask_again() -> None:
    """Every hour, by beat: who signed an older text than the one in force is asked once, and once more in time."""
    asking_again.ask_again(timezone.now())
