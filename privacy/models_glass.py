"""Break-glass: a file of another region, opened by one coordinator for at most one hour ([security], end)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.choices import GlassReason, GlassReview
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import ProgramRegion, User
from psp.sight import coordinated_regions, sight_of

WORDS = 200
HOUR = timedelta(hours=1)
# Openings of one file by one coordinator that nobody has looked at; the trigger `glass_looked_at_first` counts too.
MOST_UNSEEN = 3


class Span(Func):
    """From the opening to its end."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class GlassGrantQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> GlassGrantQuerySet:
        """The openings of one's own file."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()

    def made_by(self, user: Any) -> GlassGrantQuerySet:
        """A coordinator's own openings; none once the role is gone."""
        return self.filter(by_id=user.pk) if coordinated_regions(user) else self.none()

    def in_regions_of(self, user: Any) -> GlassGrantQuerySet:
        """Openings of files of the regions that this account coordinates."""
        return self.filter(program_region__in=coordinated_regions(user))

    def of_office(self, user: Any) -> GlassGrantQuerySet:
        """Every opening, for the privacy officer; nothing for anybody else."""
        return self.all() if sight_of(user).has("privacy_officer") else self.none()

    def live(self, now: Any) -> GlassGrantQuerySet:
        return self.filter(opened_at__lte=now, ends_at__gt=now)

    def to_review(self) -> GlassGrantQuerySet:
        return self.filter(reviewed_at__isnull=True)


class GlassGrant(SealedModel):
    """One opening. Triggers keep what was said and let the end only come earlier.

    `words`: why, in the coordinator's own words; sealed under the person's key, who may read them.
    `program_region`: the file's own at that time. `ended_by`: who closed it before its hour was over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="glass_grants")
    program_region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=8, choices=GlassReason)
    words = EncryptedTextField(person="person_id", max_length=WORDS)
    opened_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    review = models.CharField(max_length=8, choices=GlassReview, blank=True)

    objects = GlassGrantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        verbose_name = _("opening from another region")
        indexes: ClassVar = [
            models.Index(fields=["by", "ends_at"], name="glass_by"),
            models.Index(fields=["person", "opened_at"], name="glass_person"),
            models.Index(fields=["program_region", "opened_at"], name="glass_region"),
            models.Index(fields=["opened_at"], name="glass_to_review", condition=Q(reviewed_at__isnull=True)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__in=GlassReason.values), name="glass_reason_known"),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("opened_at"), ends_at__lte=F("opened_at") + HOUR),
                name="glass_at_most_one_hour",
            ),
            models.CheckConstraint(condition=~Q(by=F("person")), name="glass_not_own_file"),
            # Nobody says of an own opening that its reason fits.
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, review="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False, review__in=GlassReview.values)
                   & ~Q(reviewed_by=F("by"))),
                name="glass_reviewed_by_another",
            ),
            ExclusionConstraint(
                name="glass_one_at_a_time",
                expressions=[
                    (Span("opened_at", "ends_at"), RangeOperators.OVERLAPS),
                    ("by", RangeOperators.EQUAL), ("person", RangeOperators.EQUAL),
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.id)
