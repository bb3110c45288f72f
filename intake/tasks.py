"""Work of the desk that comes round by itself."""

from celery import shared_task

from intake import services_merge


@shared_task(acks_late=True, ignore_result=True)
def finish_merges() -> None:
    """Merges that can be undone no more are final."""
    services_merge.make_final()
