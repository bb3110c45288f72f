"""What can be learned, and who has learned it until when."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from psp.bilingual import in_language
from psp.models import User
from supporters.training.querysets import QualificationQuerySet


class Course(models.Model):
    """A course of the program or of somebody else. `renew_months`: how long it counts; empty: for good.

    `needed`: nobody leads without it ([NH] rule 35); so is the ten-week program, until an administrator says otherwise.
    """

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)
    provider = models.CharField(_("given by"), max_length=120, blank=True)
    hours = models.PositiveSmallIntegerField(_("hours"), null=True, blank=True)
    renew_months = models.PositiveSmallIntegerField(_("counts for (months)"), null=True, blank=True)
    fewest_sessions = models.PositiveSmallIntegerField(
        _("sessions to be at, at least"), null=True, blank=True,
        help_text=_("Of a cohort. Empty: all of them."),
    )  # fmt: skip
    all_modules = models.BooleanField(_("every needed module is needed for completion"), default=True)
    needed = models.BooleanField(_("needed before leading"), default=False)
    offered = models.BooleanField(_("offered"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering: ClassVar = ["order", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(renew_months__isnull=True) | Q(renew_months__range=(1, 120)), name="course_renewal_sensible"
            ),
            models.CheckConstraint(
                condition=Q(fewest_sessions__isnull=True) | Q(fewest_sessions__gte=1), name="course_sessions_sensible"
            ),
        ]
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")


class Module(models.Model):
    """One part of a course, by week. `needed`: the course is not completed without it."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="modules")
    week = models.PositiveSmallIntegerField(_("week"))
    order = models.PositiveSmallIntegerField(_("order in the week"), default=1)
    title_en = models.CharField(_("title in English"), max_length=120)
    title_fr = models.CharField(_("title in French"), max_length=120)
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1, default=Decimal("2.0"))
    needed = models.BooleanField(_("needed for completion"), default=True)

    class Meta:
        ordering: ClassVar = ["course", "week", "order"]
        verbose_name = pgettext_lazy("training", "module")
        verbose_name_plural = pgettext_lazy("training", "modules")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "week", "order"], name="module_place_once"),
            models.CheckConstraint(condition=Q(week__range=(1, 60)), name="module_week_sensible"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="module_takes_time"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self, "title")


class Qualification(models.Model):
    """Somebody completed a course on a day; it counts through `expires_on`, or for good.

    `cohort`: where they did, if it was with us. `noted_by`: whoever says so, never the person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="qualifications")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="qualifications")
    completed_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    cohort = models.ForeignKey(
        "supporters.Cohort", on_delete=models.PROTECT, null=True, blank=True, related_name="qualifications"
    )
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_on"], name="qualification_expiry")]
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
