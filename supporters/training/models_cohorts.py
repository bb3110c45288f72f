"""People who learn together: a cohort, its dates, who is in it and who was there."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.bilingual import in_language
from psp.models import ProgramRegion, User
from supporters.training.choices import Attended, CohortLanguage, CohortState, EnrolmentState, ForWhom
from supporters.training.models import Course, Module
from supporters.training.querysets import CohortQuerySet, EnrolmentQuerySet


class Cohort(models.Model):
    """A course given once, to so many people, week after week. `program_region`: empty for the whole program.

    `start_time` on the clock of `time_zone`; `minutes`: of each session. `places` are never overfilled (a trigger).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="cohorts")
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)
    program_region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    for_whom = models.CharField(max_length=11, choices=ForWhom, default=ForWhom.SUPPORTERS)
    language = models.CharField(max_length=4, choices=CohortLanguage)
    first_day = models.DateField()
    start_time = models.TimeField()
    minutes = models.PositiveSmallIntegerField(default=120)
    time_zone = models.CharField(max_length=40, default="America/Toronto")
    places = models.PositiveSmallIntegerField(default=12)
    state = models.CharField(max_length=9, choices=CohortState, default=CohortState.PLANNED)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-first_day", "name_en"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CohortState.values), name="cohort_state_known"),
            models.CheckConstraint(condition=Q(for_whom__in=ForWhom.values), name="cohort_for_somebody"),
            models.CheckConstraint(condition=Q(language__in=CohortLanguage.values), name="cohort_language_known"),
            models.CheckConstraint(condition=Q(places__range=(1, 100)), name="cohort_places_sensible"),
            models.CheckConstraint(condition=Q(minutes__range=(15, 480)), name="cohort_minutes_sensible"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")


class CohortLead(models.Model):
    """Who gives the course. They see the names of those in it, and note who was there."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="leads")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["cohort", "user"], name="cohort_lead_once")]

    def __str__(self) -> str:
        return str(self.pk)


class CohortSession(models.Model):
    """One date. `module`: what it is about; empty for one beside the program. `cancelled`: it counts for nobody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    module = models.ForeignKey(Module, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["starts_at", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cohort", "number"], name="cohort_session_number_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="cohort_session_ends_after_start"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Enrolment(models.Model):
    """Somebody in a cohort, once; `since` orders the waiting list. Why somebody left is asked nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=9, choices=EnrolmentState)
    since = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["since", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cohort", "user"], name="enrolment_once"),
            models.CheckConstraint(condition=Q(state__in=EnrolmentState.values), name="enrolment_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


class CohortAttendance(models.Model):
    """Whether somebody was at a session, as somebody else noted it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(CohortSession, on_delete=models.PROTECT, related_name="attendance")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Attended)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "user"], name="cohort_attendance_once"),
            models.CheckConstraint(condition=Q(status__in=Attended.values), name="cohort_attendance_known"),
            models.CheckConstraint(condition=~Q(user=F("recorded_by")), name="cohort_attendance_noted_by_another"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
