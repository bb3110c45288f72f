"""What the worker does for the demo, while its first page is open already."""

from celery import shared_task

from demo.figures import make_reports
from reporting.freezing.nightly import freeze_closed_periods


@shared_task(acks_late=True, ignore_result=True)
def count_and_report() -> None:
    """The figures of all closed periods, then the first reports."""
    freeze_closed_periods()
    make_reports()
