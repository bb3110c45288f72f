"""How much one person carries at most, and when they are away."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.bilingual import in_language
from psp.models import User
from supporters.choices import LeaveKind
from supporters.hours.choices import LeaveState, NeedState
from supporters.hours.models_pay import days
from supporters.hours.querysets import AccommodationQuerySet, LeaveQuerySet


class Limits(models.Model):
    """A person's own limits, beside the program's: the lowest counts ([NH] rule 32). Empty: the program's alone.

    `agreed_…`: what they and whoever supervises them (`agreed_by`) agreed on until a day, that day included. How many
    groups at once somebody wants stands with the times at which they can lead (`groups.LeadProfile`).
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="limits")
    sessions_week = models.PositiveSmallIntegerField(null=True, blank=True)
    hours_week = models.PositiveSmallIntegerField(null=True, blank=True)
    agreed_sessions = models.PositiveSmallIntegerField(null=True, blank=True)
    agreed_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    agreed_until = models.DateField(null=True, blank=True)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sessions_week__lte=20), name="limits_sessions_sensible"),
            models.CheckConstraint(condition=Q(hours_week__lte=60), name="limits_hours_sensible"),
            models.CheckConstraint(
                condition=Q(agreed_until__isnull=True, agreed_by__isnull=True, agreed_sessions__isnull=True,
                            agreed_hours__isnull=True)
                | (Q(agreed_until__isnull=False, agreed_by__isnull=False)
                   & (Q(agreed_sessions__isnull=False) | Q(agreed_hours__isnull=False))),
                name="limits_agreed_whole",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("user")), name="limits_agreed_with_another"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id

    def agreed_counts(self, on: date) -> bool:
        return self.agreed_until is not None and on <= self.agreed_until


class Leave(models.Model):
    """Days away, both included, on the calendar of the person. The kind is what pay needs to know; why is nobody's.

    `minutes_day`: how much of each weekday is paid as leave; None: as the program's settings say. Sick leave counts as
    soon as it is noted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leave")
    kind = models.CharField(max_length=8, choices=LeaveKind)
    first_day = models.DateField()
    last_day = models.DateField()
    minutes_day = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=6, choices=LeaveState, default=LeaveState.ASKED)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-first_day"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=LeaveKind.values), name="leave_kind_known"),
            models.CheckConstraint(condition=Q(state__in=LeaveState.values), name="leave_state_known"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="leave_days_in_order"),
            models.CheckConstraint(
                condition=Q(minutes_day__isnull=True) | (~Q(kind="unpaid") & Q(minutes_day__range=(1, 720))),
                name="leave_minutes_sensible",
            ),
            models.CheckConstraint(
                condition=~Q(state="sure") | Q(kind="sick") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="leave_confirmed_whole",
            ),
            # Nobody confirms their own leave.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("user")), name="leave_decided_by_another"
            ),
            ExclusionConstraint(
                name="leave_one_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (days("first_day", "last_day"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=["asked", "sure"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


class AccommodationKind(models.Model):
    """A way in which work can be made to fit somebody's life. The program's own list."""

    code = models.SlugField(_("code"), max_length=20, primary_key=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_fr = models.CharField(_("name in French"), max_length=80)
    offered = models.BooleanField(_("offered"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("kind of accommodation")
        verbose_name_plural = _("kinds of accommodation")

    def __str__(self) -> str:
        return in_language(self, "name")


class Accommodation(models.Model):
    """What makes the work possible for somebody, between two days or from a day on. No reason, no diagnosis, and no
    field for either; seen by the two who agree on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="accommodations")
    kind = models.ForeignKey(AccommodationKind, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=6, choices=NeedState, default=NeedState.ASKED)
    made_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)

    objects = AccommodationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-first_day"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=NeedState.values), name="accommodation_state_known"),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="accommodation_days_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="accommodation_agreed_whole",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("user")), name="accommodation_agreed_by_another"
            ),
            models.UniqueConstraint(
                fields=["user", "kind"], condition=~Q(state="ended"), name="accommodation_one_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
