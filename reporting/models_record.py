"""The record of what is out: every protected table that anybody could see, as it was shown. Frozen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from reporting.choices import Method
from reporting.disclosure import LOWEST_THRESHOLD
from reporting.models_series import Series


class FrozenTable(models.Model):
    """One protected table of a series for a closed period, made once and never again; holds no hidden count.

    `breakdown`: its dimensions with commas, "" for the total alone. `body`: `disclosure.record_of`; `digest`: its
    SHA-256. `counted_at`: the cut-off of the data.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="tables")
    code = models.SlugField(max_length=40)
    period = models.CharField(max_length=8)
    breakdown = models.CharField(max_length=80, blank=True, default="")
    method = models.CharField(max_length=12, choices=Method)
    threshold = models.PositiveSmallIntegerField()
    body = models.TextField()
    digest = models.CharField(max_length=64)
    optimal = models.BooleanField()
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "period", "breakdown"], name="frozen_table_once"),
            models.CheckConstraint(condition=Q(threshold__gte=LOWEST_THRESHOLD), name="frozen_table_threshold"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.period} {self.breakdown}"


class Look(models.Model):
    """How often a frozen table was shown on a day. About the table, not about who looked (the audit knows)."""

    table = models.ForeignKey(FrozenTable, on_delete=models.PROTECT, related_name="looks")
    day = models.DateField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "day"], name="look_once_a_day")]

    def __str__(self) -> str:
        return f"{self.table_id} {self.day}"


class Unproven(models.Model):
    """A series and period whose figures could not be proven safe when that was last tried. Nothing of them is kept."""

    code = models.SlugField(max_length=40)
    period = models.CharField(max_length=8)
    tried_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "period"], name="unproven_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.period}"
