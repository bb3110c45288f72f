"""Somebody who was to lead a session cannot. Why is nobody's business, and there is no field for it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from psp.models import User
from sessions.choices_cover import CoverState
from sessions.querysets_cover import CoverQuerySet


class Cover(models.Model):
    """For this one session somebody is needed in place of `lead`; `stand_in` is whoever leads it then.

    `single`: said for this session by itself, so that it outlasts whatever else keeps somebody away; shown to nobody.
    `decided`: a coordinator said it, and only a coordinator takes it back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey("peer_sessions.GroupSession", on_delete=models.PROTECT, related_name="covers")
    lead = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CoverState, default=CoverState.OPEN)
    stand_in = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    single = models.BooleanField(default=False)
    decided = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = CoverQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["stand_in"], condition=Q(state="taken"), name="cover_of_stand_in"),
            models.Index(fields=["lead"], condition=~Q(state="not_needed"), name="cover_of_absent"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "lead"], name="cover_once"),
            models.UniqueConstraint(fields=["session", "stand_in"], name="cover_stands_in_once"),
            models.CheckConstraint(condition=Q(state__in=CoverState.values), name="cover_state_known"),
            models.CheckConstraint(
                condition=Q(state="taken") ^ Q(stand_in__isnull=True), name="cover_taken_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(stand_in=F("lead")), name="cover_by_another"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.lead_id
