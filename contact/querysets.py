"""Vocabulary of the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

from contact.choices import OutboxState
from psp.sight import coordinated_regions

if TYPE_CHECKING:
    from datetime import datetime

# Days.
TROUBLE_SHOWN_FOR = 30


class SafeContactQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> SafeContactQuerySet:
        """A person's own choices. Coordinators reach them through the person's file."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()


class OutboxQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OutboxQuerySet:
        """A person's own messages, as they were sent."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()

    def in_regions_of(self, user: Any) -> OutboxQuerySet:
        """Messages to participants of the regions that this account coordinates; for the desk."""
        return self.filter(person__participant__program_region__in=coordinated_regions(user))

    def troubled(self, now: datetime) -> OutboxQuerySet:
        """Perhaps sent or not sent, in the last days: what a coordinator may want to make good by telephone."""
        recent = now - timedelta(days=TROUBLE_SHOWN_FOR)
        states = [OutboxState.UNKNOWN, OutboxState.FAILED]
        return self.filter(state__in=states, finished_at__gte=recent).order_by("-finished_at")

    def waiting(self) -> OutboxQuerySet:
        return self.filter(state=OutboxState.WAITING)

    def due(self, now: datetime) -> OutboxQuerySet:
        return self.waiting().filter(due_at__lte=now).order_by("due_at")

    def stuck(self, before: datetime) -> OutboxQuerySet:
        """Claimed before this moment and never finished: their sender died."""
        return self.filter(state=OutboxState.SENDING, claimed_at__lt=before)
