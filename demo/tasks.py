"""What the worker does for the demo, while its first page is open already."""

from celery import shared_task

from demo.figures import make_reports
from demo.later.everyday import make_everyday
from reporting.freezing.nightly import freeze_closed_periods


@shared_task(acks_late=True, ignore_result=True)
def do_the_rest() -> None:
    """The days of those who lead, the figures of all closed periods, then the first reports."""
    try:
        make_everyday()
    finally:
        freeze_closed_periods()
        make_reports()
