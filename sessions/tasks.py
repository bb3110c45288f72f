"""What the worker does for sessions, by itself or for an id."""

from celery import shared_task
from django.utils import timezone

from sessions import (
    forgetting,
    services_calendar,
    services_cover,
    services_feedback,
    services_follow_up,
    services_video,
)


@shared_task(acks_late=True, ignore_result=True)
def forget_feeds() -> None:
    """Every night, by beat: addresses of calendars of people who are in no group any more."""
    services_calendar.forget_feeds(timezone.localdate())


@shared_task(acks_late=True, ignore_result=True)
def offer_calls() -> None:
    """Every hour, by beat: a call is offered where an informal group has held its last session."""
    services_follow_up.offer_calls(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def forget_after() -> None:
    """Every night, by beat: old codes, and what those who led said for themselves."""
    forgetting.forget(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def open_boxes() -> None:
    """Every quarter of an hour, by beat: a session that is over gets its box."""
    services_feedback.open_boxes(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def empty_boxes() -> None:
    """Every night, by beat."""
    services_feedback.empty_boxes(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def tend_video() -> None:
    """Every minute, by beat: meetings by video are made, moved and removed. What fails is found by the next one."""
    services_video.tend_all(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def mind_covers() -> None:
    """Every quarter of an hour, by beat: sessions that somebody cannot lead, and stand-ins who must not any more."""
    services_cover.mind(timezone.now())
