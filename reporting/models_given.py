"""Goods and services that the program gave, as numbers of a month. No place for anything about a person."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from psp.bilingual import in_language
from psp.models import ProgramRegion


class GivenKind(models.Model):
    """What can be given: reference data of the program. What is not given any more is switched off: figures name it."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)
    offered = models.BooleanField(_("offered"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("kind of goods or services")
        verbose_name_plural = _("kinds of goods and services")

    def __str__(self) -> str:
        return in_language(self, "name")


class Given(models.Model):
    """How often something was given in a month, and to how many different people: a number, and nobody."""

    month = models.DateField()
    region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey(GivenKind, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "region", "kind"], name="given_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="given_by_month"),
            models.CheckConstraint(
                condition=Q(people__lte=F("number")) & (Q(number=0) | Q(people__gte=1)), name="given_to_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.region_id} {self.kind_id}"
