"""Sealing the access log, every minute."""

from celery import shared_task

from psp.audit import services


@shared_task(acks_late=True, ignore_result=True)
def seal_audit() -> None:
    services.seal()
