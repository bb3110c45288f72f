"""The call that is offered after the last session of an informal group."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from groups.models import PeerGroup
from intake.models import Participant
from psp.models import User
from sessions.choices import CallOffer, CallTime
from sessions.querysets_after import FollowUpQuerySet


class FollowUpOffer(models.Model):
    """One offer for one person and group, kept until a day. What was said in the call is kept nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(PeerGroup, on_delete=models.PROTECT, related_name="follow_ups")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="follow_ups")
    state = models.CharField(max_length=10, choices=CallOffer, default=CallOffer.OFFERED)
    times = ArrayField(models.CharField(max_length=10, choices=CallTime), default=list, blank=True)
    offered_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["until"], condition=Q(state__in=["offered", "wished"]), name="follow_up_open")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "participant"], name="follow_up_once"),
            models.CheckConstraint(condition=Q(state__in=CallOffer.values), name="follow_up_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["done", "ended"], finished_at__isnull=False)
                | (~Q(state__in=["done", "ended"]) & Q(finished_at__isnull=True)),
                name="follow_up_over_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.participant.user_id
