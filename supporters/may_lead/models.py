"""Somebody leads soon, and as things are they may not: what is kept of it while it lasts, and a little longer."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from psp.models import User
from supporters.choices import ConcernState
from supporters.may_lead.querysets import LeadConcernQuerySet
from supporters.rules import Lacks

CODES = [(one.value, one.value) for one in Lacks]


class LeadConcern(models.Model):
    """A task for whoever supervises `user`: support before anything else ([NH] rule 35). It settles by itself.

    `lacks`: codes of `supporters.rules.Lacks`, never those about who must not meet whom, nor that there is a
    pause. `first_day`: the first day on which they lead and may not. Nobody stops leading by it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="lead_concerns")
    lacks = ArrayField(models.CharField(max_length=20, choices=CODES))
    first_day = models.DateField()
    state = models.CharField(max_length=8, choices=ConcernState, default=ConcernState.OPEN)
    found_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = LeadConcernQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["first_day", "found_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(settled_at__isnull=True), name="lead_concern_one_standing"
            ),
            models.CheckConstraint(condition=Q(state__in=ConcernState.values), name="lead_concern_state_known"),
            models.CheckConstraint(
                condition=Q(state="settled", settled_at__isnull=False)
                | (~Q(state="settled") & Q(settled_at__isnull=True)),
                name="lead_concern_settled_once",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="lead_concern_taken_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True) | ~Q(taken_by=F("user")), name="lead_concern_taken_by_another"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
