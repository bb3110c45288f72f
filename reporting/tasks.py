"""What beat runs for figures."""

from celery import shared_task

from reporting import waiting_times


@shared_task(acks_late=True, ignore_result=True)
def publish_waits() -> None:
    """Once for each month, after it is over; every other run does nothing."""
    waiting_times.publish_waits()
