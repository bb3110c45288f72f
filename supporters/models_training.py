"""What can be learned, and who has learned it until when."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.bilingual import in_language
from psp.models import User


class Course(models.Model):
    """A course of the program or of somebody else. `renew_months`: how long it counts; empty: for good.

    `needed`: nobody leads without it ([NH] rule 35); so is the ten-week program, until an administrator says otherwise.
    """

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name_en = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120)
    provider = models.CharField(_("given by"), max_length=120, blank=True)
    hours = models.PositiveSmallIntegerField(_("hours"), null=True, blank=True)
    renew_months = models.PositiveSmallIntegerField(_("counts for (months)"), null=True, blank=True)
    needed = models.BooleanField(_("needed before leading"), default=False)
    offered = models.BooleanField(_("offered"), default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")


class Qualification(models.Model):
    """Somebody completed a course on a day, here or elsewhere; it counts through `expires_on`, or for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="qualifications")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="qualifications")
    completed_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-completed_on", "-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "course", "completed_on"], name="qualification_once"),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("completed_on")),
                name="qualification_counts_from_its_day",
            ),
            models.CheckConstraint(condition=~Q(user=F("noted_by")), name="qualification_noted_by_another"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
