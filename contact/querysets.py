"""Vocabulary of the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from contact.choices import CallState, OutboxState
from psp.sight import coordinated_regions

if TYPE_CHECKING:
    from datetime import date, datetime


class SafeContactQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> SafeContactQuerySet:
        """A person's own choices. Coordinators reach them through the person's file."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()

    def in_regions_of(self, user: Any) -> SafeContactQuerySet:
        """Choices of participants of the regions that this account coordinates; for the desk."""
        return self.filter(person__participant__program_region__in=coordinated_regions(user))

    def to_confirm(self, until: date) -> SafeContactQuerySet:
        """Whose choices hold at most until this day, the first to run out first."""
        held = self.filter(recheck_on__lte=until, do_not_contact=False, person__is_active=True)
        return held.order_by("recheck_on", "pk")


class ReminderChoiceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ReminderChoiceQuerySet:
        """A person's own."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()


class OutboxQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OutboxQuerySet:
        """A person's own messages, as they were sent."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()

    def in_regions_of(self, user: Any) -> OutboxQuerySet:
        """Messages to participants of the regions that this account coordinates; for the desk."""
        return self.filter(person__participant__program_region__in=coordinated_regions(user))

    def troubled(self) -> OutboxQuerySet:
        """Perhaps sent or not sent, until a coordinator says that it is dealt with."""
        states = [OutboxState.UNKNOWN, OutboxState.FAILED]
        return self.filter(state__in=states, dealt_with_at__isnull=True).order_by("-finished_at")

    def waiting(self) -> OutboxQuerySet:
        return self.filter(state=OutboxState.WAITING)

    def due(self, now: datetime) -> OutboxQuerySet:
        return self.waiting().filter(due_at__lte=now).order_by("due_at")


class CallTaskQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> CallTaskQuerySet:
        """Tasks about participants of the regions that this account coordinates."""
        return self.filter(person__participant__program_region__in=coordinated_regions(user))

    def standing(self) -> CallTaskQuerySet:
        return self.filter(state=CallState.OPEN)

    def to_do(self, now: datetime) -> CallTaskQuerySet:
        """What is still to be told, what can be done first at the top."""
        useful = models.Q(useful_until__isnull=True) | models.Q(useful_until__gt=now)
        return self.standing().filter(useful).order_by("not_before", "pk")
