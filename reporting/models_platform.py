"""Figures that other platforms send as monthly aggregates. No place for anything about a person."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Platform(models.Model):
    """A platform that people can register with elsewhere, as TogetherAll."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class PlatformFigure(models.Model):
    """One number of one month. `region`: a program region's code, "" where the platform does not say."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="figures")
    month = models.DateField()
    region = models.CharField(max_length=8, blank=True, default="")
    registrations = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    remarks = models.CharField(max_length=400, blank=True, default="")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "month", "region"], name="platform_figure_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="platform_figure_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.month:%Y-%m} {self.region}"
