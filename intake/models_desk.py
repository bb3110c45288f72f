"""What the desk keeps about its own work, so that it can be undone: acts on several people, and merged files."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from intake.choices import BulkAction
from intake.querysets import MergeQuerySet
from psp.models import User


class BulkAct(models.Model):
    """One act on several applications. `done`: application → what is needed to take it back, opaque values only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.CharField(max_length=10, choices=BulkAction)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    done = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(action__in=BulkAction.values), name="bulk_action_known"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"


class Merge(models.Model):
    """Two files of one person: what belongs to `merged` counts with `kept` from then on.

    `moved`: which rows changed hands, as ids under the name of each mover (`intake.merging`). Consents, messages and
    the choices about contact stay with the identity that made them. It can be undone until it is final.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey("intake.Participant", on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey("intake.Participant", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    moved = models.JSONField(default=dict)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)

    objects = MergeQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["-at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_two_files"),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at__isnull=True), name="merge_once"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False, final_at__isnull=True),
                name="merge_undone_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"


class DifferentPeople(models.Model):
    """Somebody looked: these two files share something and are two people. `one` has the smaller id."""

    one = models.ForeignKey("intake.Participant", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("intake.Participant", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="different_in_order"),
            models.UniqueConstraint(fields=["one", "other"], name="different_once"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ≠ {self.other_id}"
