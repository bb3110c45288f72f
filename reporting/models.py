"""What this app keeps. Published figures are frozen, so that nobody can learn anything from how they change."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from intake.choices import Service
from reporting.choices import WaitOutcome, WaitStep
from reporting.models_given import Given, GivenKind
from reporting.models_platform import Platform, PlatformFigure
from reporting.models_record import FrozenTable, Look, Unproven
from reporting.models_release import Release, ReleaseTable
from reporting.models_series import Indicator, Series
from reporting.models_story import ReleasedStory, Story

__all__ = [
    "FrozenTable", "Given", "GivenKind", "Indicator", "Look", "Platform", "PlatformFigure", "PublishedWait", "Release",
    "ReleaseTable", "ReleasedStory", "Series", "Story", "Unproven",
]  # fmt: skip


class PublishedWait(models.Model):
    """One waiting time as the public page says it, made once after the end of `month` and never again.

    `service` is empty where the wait is the same for all. `weeks`: half waited less than that. No count is kept.
    """

    month = models.DateField()
    step = models.CharField(max_length=8, choices=WaitStep)
    service = models.CharField(max_length=10, choices=Service, blank=True, default="")
    outcome = models.CharField(max_length=7, choices=WaitOutcome)
    weeks = models.PositiveSmallIntegerField(null=True)
    threshold = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "step", "service"], name="published_wait_once"),
            models.CheckConstraint(
                condition=Q(outcome="known", weeks__isnull=False) | (~Q(outcome="known") & Q(weeks__isnull=True)),
                name="published_wait_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.step} {self.service}"
