"""Reports that leave: prepared by one person, approved by another, frozen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from reporting.choices import Method, ReleaseState, ReturnReason
from reporting.disclosure import LOWEST_THRESHOLD
from reporting.models_record import FrozenTable
from reporting.querysets import ReleaseQuerySet


class Release(models.Model):
    """`period`: code of the period that it reports on. `cutoff_at`: when the last of its figures was counted.
    `manifest`: its definitions, tables and words in one text (`reporting.releases.manifest`); `digest`: the SHA-256
    of it.
    `unproven`: series whose figures could not be proven safe. `corrections`: what changed since in periods that were
    closed before, protected as everything else. `decided_by` is whoever approved it or sent it back.
    """

    period = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=ReleaseState, default=ReleaseState.PREPARED)
    method = models.CharField(max_length=12, choices=Method, default=Method.SUPPRESSION)
    threshold = models.PositiveSmallIntegerField()
    title_en = models.CharField(max_length=160)
    title_fr = models.CharField(max_length=160)
    note_en = models.TextField(blank=True, default="")
    note_fr = models.TextField(blank=True, default="")
    cutoff_at = models.DateTimeField()
    manifest = models.TextField()
    digest = models.CharField(max_length=64)
    unproven = models.JSONField(default=list, blank=True)
    corrections = models.JSONField(default=list, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    prepared_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    returned = models.CharField(max_length=10, choices=ReturnReason, blank=True, default="")
    returned_note = models.CharField(max_length=300, blank=True, default="")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-prepared_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(prepared_by__isnull=True) | ~Q(decided_by=F("prepared_by")),
                name="release_second_person",
            ),
            models.UniqueConstraint(fields=["period"], name="release_once_a_period"),
            models.CheckConstraint(
                condition=Q(state=ReleaseState.PREPARED, decided_at__isnull=True)
                | (~Q(state=ReleaseState.PREPARED) & Q(decided_at__isnull=False)),
                name="release_decided",
            ),
            models.CheckConstraint(condition=Q(threshold__gte=LOWEST_THRESHOLD), name="release_threshold"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.state}"


class ReleaseTable(models.Model):
    """A table of a release, as it was when the release was made: the frozen one, or that one rounded."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="tables")
    frozen = models.ForeignKey(FrozenTable, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["frozen__series__topic", "frozen__series__place", "frozen__code", "frozen__breakdown"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["release", "frozen"], name="release_table_once")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.frozen_id}"
