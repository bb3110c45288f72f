"""Vocabulary of the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from contact.choices import OutboxState

if TYPE_CHECKING:
    from datetime import datetime


class SafeContactQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> SafeContactQuerySet:
        """A person's own choices. Coordinators reach them through the person's file."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()


class OutboxQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OutboxQuerySet:
        """A person's own messages, as they were sent."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()

    def waiting(self) -> OutboxQuerySet:
        return self.filter(state=OutboxState.WAITING)

    def due(self, now: datetime) -> OutboxQuerySet:
        return self.waiting().filter(due_at__lte=now).order_by("due_at")

    def stuck(self, before: datetime) -> OutboxQuerySet:
        """Claimed before this moment and never finished: their sender died."""
        return self.filter(state=OutboxState.SENDING, claimed_at__lt=before)
