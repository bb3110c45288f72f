"""What the worker does for people's rights. Arguments are ids only."""

from uuid import UUID

from celery import shared_task

from privacy import services_erasure, unusual
from privacy.tasks_retention import carry_out_batch as carry_out_batch
from privacy.tasks_retention import run_retention as run_retention


@shared_task(acks_late=True, ignore_result=True)
def carry_out(erasure_id: str) -> None:
    """Right after the second person approved; what fails here is found by `finish_erasures` a minute later."""
    services_erasure.finish_erasures(only=UUID(erasure_id))


@shared_task(acks_late=True, ignore_result=True)
def finish_erasures() -> None:
    """Every minute, by beat: what was approved and is not whole yet."""
    services_erasure.finish_erasures()


@shared_task(acks_late=True, ignore_result=True)
def find_unusual() -> None:
    """Every hour, by beat: what is unusual in the access log of yesterday and today."""
    for day in unusual.yesterday_and_today():
        unusual.find_unusual(day)
