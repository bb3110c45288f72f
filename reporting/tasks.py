"""What beat runs for figures."""

from celery import shared_task

from reporting.freezing import background, nightly
from reporting.periods import parse
from reporting.waiting import times as waiting_times


@shared_task(acks_late=True, ignore_result=True)
def publish_waits() -> None:
    """Once for each month, after it is over; every other run does nothing."""
    waiting_times.publish_waits()


@shared_task(acks_late=True, ignore_result=True)
def freeze_closed_periods() -> None:
    """Count, protect and freeze what was closed since the last run."""
    nightly.freeze_closed_periods()


@shared_task(acks_late=True, ignore_result=True)
def freeze_for(period: str, *series: str) -> None:
    """What a page waits for, by the code of the period and of the series."""
    background.freeze_for(parse(period), series)
