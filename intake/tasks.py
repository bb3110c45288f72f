"""What the worker does for applications, by itself or for an id."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from intake import drafts_mail, services_apart, services_calls, services_drafts, services_merge


@shared_task(acks_late=True, ignore_result=True)
def finish_merges() -> None:
    """Merges that can be undone no more are final."""
    services_merge.make_final()


@shared_task(acks_late=True, ignore_result=True)
def send_code(code_id: str) -> None:
    """Right after a code was asked for; beat's sweep sends it if this never runs."""
    drafts_mail.send(UUID(code_id))


@shared_task(acks_late=True, ignore_result=True)
def forget_drafts() -> None:
    """Every quarter of an hour, by beat: forms that waited long enough, and codes that are over."""
    services_drafts.forget(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def match_names() -> None:
    """Names of new accounts against names that were noted. What one run leaves, the next one takes."""
    services_apart.match_new_names()


@shared_task(acks_late=True, ignore_result=True)
def forget_calls() -> None:
    """Short calls leave nothing behind. What one run misses the next one finds."""
    services_calls.forget_calls(timezone.now())
