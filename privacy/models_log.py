"""What the privacy officer does with the access log: looks at what is unusual, and takes a part of it along."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.choices import DECIDERS, FindingOutcome, UnusualPattern
from psp.choices import Role
from psp.models import User
from psp.sight import sight_of

# An agreed export is fetched within so many days, or asked for again.
EXPORT_GOOD_FOR = timedelta(days=7)


class FindingQuerySet(models.QuerySet[Any]):
    def of_office(self, user: Any) -> FindingQuerySet:
        return self.all() if sight_of(user).has(Role.PRIVACY_OFFICER) else self.none()

    def to_look_at(self) -> FindingQuerySet:
        return self.filter(outcome="")


class Finding(models.Model):
    """One unusual pattern in one day of one account; `person`: an opaque id, where it is about one person's record.

    It is a question, not a verdict: somebody else looks and says what it was.
    """

    pattern = models.CharField(max_length=14, choices=UnusualPattern)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField(null=True)
    day = models.DateField()
    count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    found_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=10, choices=FindingOutcome, blank=True)
    looked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField(null=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-day", "-id"]
        verbose_name = _("unusual pattern")
        indexes: ClassVar = [
            models.Index(fields=["day"], condition=Q(outcome=""), name="finding_to_look_at"),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="finding_person"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pattern", "actor", "day", "person"], name="finding_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(pattern__in=UnusualPattern.values), name="finding_pattern_known"),
            models.CheckConstraint(
                condition=Q(outcome="", looked_by__isnull=True, looked_at__isnull=True)
                | (Q(outcome__in=FindingOutcome.values, looked_by__isnull=False, looked_at__isnull=False)
                   & ~Q(looked_by=F("actor"))),
                name="finding_looked_at_by_another",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pattern} {self.day}"


class LogExportQuerySet(models.QuerySet[Any]):
    def made_by(self, user: Any) -> LogExportQuerySet:
        return self.filter(asked_by=user.pk) if sight_of(user).has(Role.PRIVACY_OFFICER) else self.none()

    def to_approve(self, user: Any) -> LogExportQuerySet:
        """Asked for by somebody else, not agreed to yet."""
        may = sight_of(user).has(*DECIDERS)
        rows = self.filter(approved_by__isnull=True, asked_at__gt=timezone.now() - EXPORT_GOOD_FOR)
        return rows.exclude(asked_by=user.pk) if may else self.none()


class LogExport(models.Model):
    """A part of the access log that leaves the program: asked for by one, agreed to by another ([security] 31).

    `wanted`: what narrows it, as the log's form takes it: opaque ids and days. `before`: the newest entry in it, so
    that what was agreed to does not grow.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wanted = models.JSONField()
    before = models.BigIntegerField()
    rows = models.PositiveBigIntegerField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects = LogExportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        verbose_name = _("export of the access log")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("asked_by"))),
                name="log_export_two_people",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.id)
