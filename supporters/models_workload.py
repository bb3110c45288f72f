"""How much one person carries at most, and when they are away."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from psp.models import User
from supporters.choices import LeaveKind
from supporters.querysets import LeaveQuerySet


class Limits(models.Model):
    """A person's own limits, beside the program's: the lowest counts ([NH] rule 32). Empty: the program's alone.

    `agreed_…`: what they and whoever supervises them (`agreed_by`) agreed on until a day, that day included. How many
    groups at once somebody wants stands with the times at which they can lead (`groups.LeadProfile`).
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="limits")
    sessions_week = models.PositiveSmallIntegerField(null=True, blank=True)
    hours_week = models.PositiveSmallIntegerField(null=True, blank=True)
    agreed_sessions = models.PositiveSmallIntegerField(null=True, blank=True)
    agreed_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    agreed_until = models.DateField(null=True, blank=True)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sessions_week__lte=20), name="limits_sessions_sensible"),
            models.CheckConstraint(condition=Q(hours_week__lte=60), name="limits_hours_sensible"),
            models.CheckConstraint(
                condition=Q(agreed_until__isnull=True, agreed_by__isnull=True, agreed_sessions__isnull=True,
                            agreed_hours__isnull=True)
                | (Q(agreed_until__isnull=False, agreed_by__isnull=False)
                   & (Q(agreed_sessions__isnull=False) | Q(agreed_hours__isnull=False))),
                name="limits_agreed_whole",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("user")), name="limits_agreed_with_another"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id

    def agreed_counts(self, on: date) -> bool:
        return self.agreed_until is not None and on <= self.agreed_until


class Leave(models.Model):
    """Days away, both included, on the calendar of the person. The kind is what pay needs to know; why is nobody's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leave")
    kind = models.CharField(max_length=8, choices=LeaveKind)
    first_day = models.DateField()
    last_day = models.DateField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-first_day"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=LeaveKind.values), name="leave_kind_known"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="leave_days_in_order"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
