"""What the worker does about retention. Arguments are ids only."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from privacy import disposing, services_retention

# A step is followed by a rest of a third of its length: people who apply meanwhile must not notice.
PAUSE = 0.33


@shared_task(acks_late=True, ignore_result=True)
def carry_out_batch(batch_id: str) -> None:
    """Right after the second person approved; whatever this leaves, the nightly run finds."""
    disposing.carry_out(UUID(batch_id), pause=PAUSE)


@shared_task(acks_late=True, ignore_result=True)
def run_retention() -> None:
    """Every night, by beat."""
    services_retention.run(as_of=timezone.localdate(), pause=PAUSE)
