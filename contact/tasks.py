"""What the worker does for the outbox. Arguments are ids only."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from celery import Task, shared_task
from celery.exceptions import OperationalError as NoBroker
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from contact import asking_again, came_back, delivery
from contact.carrier import NotTakenError


@shared_task(acks_late=True, ignore_result=True)
def send_due() -> None:
    """Every minute, by beat. What fails is found by the next one.

    A turn is taken here; where more is due than that, other threads and workers take the rest, a turn each time, so
    that what somebody waits for (a code) never stands behind thousands of reminders.
    """
    now = timezone.now()
    delivery.begin(now)
    others = delivery.turns_due(now, settings.PSP_SENDERS) - 1
    ends = now + timedelta(seconds=delivery.LONGEST_PASS)
    if not all(_ask_another(ends) for _other in range(others)):
        delivery.send_until(ends)
        return
    delivery.send_some(now)


@shared_task(acks_late=True, ignore_result=True, bind=True)
def send_some(self: Task) -> None:
    """One turn, and then another as long as this pass lasts and something is due."""
    ends = datetime.fromisoformat(self.request.expires) if self.request.expires else timezone.now()
    goes_on = delivery.may_go_on(delivery.send_some(timezone.now()))
    if goes_on and timezone.now() < ends and not _ask_another(ends):
        delivery.send_until(ends)


def _ask_another(ends: datetime) -> bool:
    """Without an argument: when the pass ends, so does the task."""
    try:
        send_some.apply_async(expires=ends, retry=False)
    except (BrokerAway, NoBroker, OSError):
        return False
    return True


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), max_retries=3, retry_backoff=True)
def send_one(message_id: str) -> None:
    """Right after a message was queued; beat's sweep sends it if this never runs."""
    delivery.send_one(UUID(message_id), timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def ask_again() -> None:
    """Every hour, by beat: who signed an older text than the one in force is asked once, and once more in time."""
    asking_again.ask_again(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def note_texts() -> None:
    """Every hour, by beat: which text messages did not arrive. Without an answer the next one asks."""
    with suppress(NotTakenError):
        came_back.note_texts(timezone.now())
