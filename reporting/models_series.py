"""What is counted, defined as data in both languages. A definition that figures were published under never changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from psp.content import in_language
from reporting.choices import Measure, Topic


class Series(models.Model):
    """One thing that is counted, in one version of its definition: what is protected and frozen as a whole.

    `counter`: which of `reporting.counters.base` counts it. `breakdowns`: lists of at most two dimensions beside time;
    the total is always there. `spans`: for which lengths of period. The highest `number` of a code is in force.
    `unit`: what is counted, as "people". `measured`: what its medians and means are given in, as "weeks"; "" where it
    has none of them. `made_here`: an administrator made this version; what comes with the program leaves it alone.
    """

    code = models.SlugField(max_length=40)
    number = models.PositiveSmallIntegerField(default=1)
    topic = models.CharField(max_length=10, choices=Topic)
    counter = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField(default=0)
    name_en = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120)
    unit_en = models.CharField(max_length=60)
    unit_fr = models.CharField(max_length=60)
    measured_en = models.CharField(max_length=60, blank=True, default="")
    measured_fr = models.CharField(max_length=60, blank=True, default="")
    population_en = models.TextField()
    population_fr = models.TextField()
    source_en = models.TextField()
    source_fr = models.TextField()
    breakdowns = models.JSONField(default=list, blank=True)
    spans = models.JSONField(default=list)
    defined_at = models.DateTimeField(db_default=Now())
    made_here = models.BooleanField(_("made by an administrator"), default=False, db_default=False)

    class Meta:
        ordering: ClassVar = ["topic", "place", "code", "number"]
        verbose_name = _("definition of figures")
        verbose_name_plural = _("definitions of figures")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "number"], name="series_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="series_number_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    @property
    def standing(self) -> tuple[int, int, str]:
        """Where it stands among others: by topic as people go through the program, then as defined."""
        return (Topic.values.index(self.topic), self.place, self.code)

    def name(self, language: str) -> str:
        return in_language(vars(self), "name", language)

    def unit(self, language: str) -> str:
        return in_language(vars(self), "unit", language)

    def measured(self, language: str) -> str:
        return in_language(vars(self), "measured", language)

    def population(self, language: str) -> str:
        return in_language(vars(self), "population", language)

    def source(self, language: str) -> str:
        return in_language(vars(self), "source", language)


class Indicator(models.Model):
    """A figure that is made of a series. `part`: the category of the counter's own split that it speaks of ("" for
    all); a share is that part of all. `headline`: stands on the first page."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="indicators")
    code = models.SlugField(max_length=40)
    place = models.PositiveSmallIntegerField(default=0)
    measure = models.CharField(max_length=8, choices=Measure)
    part = models.CharField(max_length=40, blank=True, default="")
    headline = models.BooleanField(default=False)
    name_en = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120)
    definition_en = models.TextField()
    definition_fr = models.TextField()

    class Meta:
        ordering: ClassVar = ["series", "place", "code"]
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints: ClassVar = [models.UniqueConstraint(fields=["series", "code"], name="indicator_once")]

    def __str__(self) -> str:
        return self.code

    def name(self, language: str) -> str:
        return in_language(vars(self), "name", language)

    def unit(self, language: str) -> str:
        """What is counted; for a statistic what it is given in, and percent for a share."""
        if self.measure == Measure.SHARE:
            return "%"
        return self.series.unit(language) if self.measure == Measure.COUNT else self.series.measured(language)

    def definition(self, language: str) -> str:
        return in_language(vars(self), "definition", language)
