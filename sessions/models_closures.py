"""Days on which the program, or one of its regions, is closed. A series leaves them out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from psp.bilingual import in_language
from psp.models import ProgramRegion


class Closure(models.Model):
    """From `first_day` to `last_day`, both included. Without a region the whole program is closed."""

    program_region = models.ForeignKey(
        ProgramRegion, verbose_name=_("program region"), on_delete=models.PROTECT, related_name="closures", null=True,
        blank=True, help_text=_("Leave it empty where the whole program is closed."),
    )  # fmt: skip
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    name_en = models.CharField(_("name in English"), max_length=80)
    name_fr = models.CharField(_("name in French"), max_length=80)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering: ClassVar = ["first_day", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="closure_days_in_order")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")
