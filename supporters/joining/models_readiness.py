"""What a conversation about readiness came to. The criteria are data; there is no number anywhere."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User
from supporters.choices import Outcome, ReadyFor
from supporters.joining.querysets import ReadinessQuerySet


class Readiness(SealedModel):
    """One conversation ([NH] rule 28): ready, or not now with a date to look again and what would help.

    `talked_about`: JSON, {criterion code: what both noted}; it, `would_help` and `comment` are sealed under the key of
    the person it is about, who reads all of it and may comment.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="readiness")
    ready_for = models.CharField(max_length=8, choices=ReadyFor)
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    look_again_on = models.DateField(null=True, blank=True)
    talked_about = EncryptedTextField(person="user_id", max_length=8000, blank=True)
    would_help = EncryptedTextField(person="user_id", max_length=2000, blank=True)
    comment = EncryptedTextField(person="user_id", max_length=2000, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    commented_at = models.DateTimeField(null=True)

    objects = ReadinessQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-held_on", "-made_at"]
        indexes: ClassVar = [models.Index(fields=["user", "ready_for", "held_on"], name="readiness_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ready_for__in=ReadyFor.values), name="readiness_for_known"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="readiness_outcome_known"),
            models.CheckConstraint(condition=~Q(user=F("reviewer")), name="readiness_by_another"),
            models.CheckConstraint(
                condition=Q(outcome="ready", look_again_on__isnull=True)
                | Q(outcome="not_now", look_again_on__isnull=False, look_again_on__gt=F("held_on")),
                name="readiness_not_now_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
