"""The waiting list: one queue for each kind of service."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from intake.choices import PriorityReason, Service, WaitingState
from intake.querysets_waiting import WaitingPlaceQuerySet
from psp.models import ProgramRegion, User


class WaitingPlace(models.Model):
    """Somebody who was accepted for a service, from then until they have a place in a group or stop.

    `since` is when the application was sent: nobody loses time because a decision took long. A priority has its
    reason, its day of ending and who gave it; there is no field for more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participant = models.ForeignKey("intake.Participant", on_delete=models.PROTECT, related_name="waiting_places")
    application = models.ForeignKey("intake.Application", on_delete=models.PROTECT, related_name="waiting_places")
    service = models.CharField(max_length=10, choices=Service)
    since = models.DateTimeField()
    state = models.CharField(max_length=8, choices=WaitingState, default=WaitingState.WAITING)
    priority = models.CharField(max_length=16, choices=PriorityReason, blank=True, default="")
    priority_until = models.DateField(null=True)
    priority_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # As with applications: the region on whose desk it lies, written by triggers.
    desk_region = models.ForeignKey(
        ProgramRegion, on_delete=models.PROTECT, null=True, editable=False, db_index=False, related_name="+"
    )

    objects = WaitingPlaceQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["desk_region"])

    class Meta:
        ordering: ClassVar = ["since", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["desk_region", "service", "since", "id"], condition=Q(state="waiting"), name="waiting_queue"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant", "service"], condition=Q(state="waiting"), name="waiting_one_open"
            ),
            models.UniqueConstraint(fields=["application", "service"], name="waiting_once_per_application"),
            models.CheckConstraint(condition=Q(state__in=WaitingState.values), name="waiting_state_known"),
            models.CheckConstraint(
                condition=Q(priority="", priority_until__isnull=True, priority_by__isnull=True)
                | (~Q(priority="") & Q(priority_until__isnull=False, priority_by__isnull=False)),
                name="waiting_priority_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.since:%Y-%m-%d}"

    @property
    def person_id(self) -> uuid.UUID:
        return self.participant.user_id
