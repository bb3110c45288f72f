"""What a decision refers to: other services that people are told about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from psp.bilingual import in_language


class Referral(models.Model):
    """Somebody else who can help, as the person reads it. Never deleted: old decisions name it by its code."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)
    what_en = models.CharField(_("what they do, in English"), max_length=300)
    what_fr = models.CharField(_("what they do, in French"), max_length=300)
    hours_en = models.CharField(_("hours in English"), max_length=120, blank=True)
    hours_fr = models.CharField(_("hours in French"), max_length=120, blank=True)
    phone = models.CharField(_("phone number"), max_length=40, blank=True)
    active = models.BooleanField(_("offered"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=50)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("service to refer to")
        verbose_name_plural = _("services to refer to")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")

    @property
    def what(self) -> str:
        return in_language(self, "what")

    @property
    def hours(self) -> str:
        return in_language(self, "hours")

    @property
    def phone_href(self) -> str:
        return "tel:" + "".join(char for char in self.phone if char in "+0123456789")
