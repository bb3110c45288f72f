"""What happened around a group and what is done about it ([NH] rule 33): codes, dates, owners, and one short note.

An incident has a key of its own: the note and the words of its steps are sealed under it, because they may touch
several people. The key goes with the first of them who is forgotten, and with the incident itself.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from psp.bilingual import in_language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import ProgramRegion, User
from supporters.incidents.choices import Change, Desk, FollowUp, IncidentState, MeasureKind, NeedNow
from supporters.incidents.querysets import IncidentQuerySet, IncidentStepQuerySet, LessonQuerySet

NOTE, WORDS, LESSON = 600, 160, 600


class IncidentKind(models.Model):
    """A kind of incident, as administrators keep it. `goes_to`: who is told at once; `hours`: how long one of them has
    before everybody is told. `steps`, to be taken with one tap: [{"code", "text_en", "text_fr", "days"}].

    Never deleted: what is not offered is switched off.
    """

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)
    hint_en = models.CharField(_("explanation in English"), max_length=200, blank=True)
    hint_fr = models.CharField(_("explanation in French"), max_length=200, blank=True)
    goes_to = ArrayField(models.CharField(max_length=12, choices=Desk), verbose_name=_("who is told at once"))
    hours = models.PositiveSmallIntegerField(_("hours until everybody is told, if nobody takes it"), default=4)
    steps = models.JSONField(_("steps to propose"), default=list, blank=True)
    active = models.BooleanField(_("offered"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=50)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("kind of incident")
        verbose_name_plural = _("kinds of incidents")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(goes_to__len__gt=0), name="incident_kind_goes_to_somebody"),
            models.CheckConstraint(condition=Q(hours__range=(1, 168)), name="incident_kind_hours_sensible"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")

    @property
    def hint(self) -> str:
        return in_language(self, "hint")


class Incident(SealedModel):
    """One report. `group`, `session`: ids of what the apps above hold; `goes_to`: the kind's when it was reported, and
    wider since nobody took it (`widened_at`). `near_miss`: nothing happened, but it could have.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.ForeignKey(IncidentKind, on_delete=models.PROTECT, related_name="incidents")
    near_miss = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=IncidentState, default=IncidentState.REPORTED)
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    program_region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, related_name="+")
    group = models.UUIDField(null=True)
    session = models.UUIDField(null=True)
    happened_at = models.DateTimeField()
    needs = ArrayField(models.CharField(max_length=8, choices=NeedNow), default=list, blank=True)
    note = EncryptedTextField(person="id", max_length=NOTE, blank=True)
    goes_to = ArrayField(models.CharField(max_length=12, choices=Desk))
    sent_key = models.UUIDField(unique=True)
    reported_at = models.DateTimeField(default=timezone.now)
    widened_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-reported_at"]
        indexes: ClassVar = [
            models.Index(fields=["reporter"], name="incident_reporter"),
            models.Index(fields=["program_region", "state"], name="incident_region_state"),
            models.Index(fields=["reported_at"], condition=Q(state="reported"), name="incident_waiting"),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="incident_closed"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=IncidentState.values), name="incident_state_known"),
            models.CheckConstraint(condition=Q(goes_to__len__gt=0), name="incident_goes_to_somebody"),
            models.CheckConstraint(
                condition=Q(state="reported", taken_at__isnull=True)
                | (~Q(state="reported") & Q(taken_at__isnull=False)),
                name="incident_taken_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="incident_closed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=True) | Q(group__isnull=False), name="incident_session_of_a_group"
            ),
            models.CheckConstraint(condition=Q(happened_at__lte=F("reported_at")), name="incident_happened_before"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID | None:
        return self.reporter_id


class IncidentPerson(models.Model):
    """Somebody whom it touches, and how far the follow-up with them is. What part they had in it stands nowhere."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    follow_up = models.CharField(max_length=8, choices=FollowUp, default=FollowUp.OPEN)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "user"], name="incident_person_once"),
            models.CheckConstraint(condition=Q(follow_up__in=FollowUp.values), name="incident_follow_up_known"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


class IncidentPart(models.Model):
    """Somebody who was brought in, by hand or because a step is theirs."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="parts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["incident", "user"], name="incident_part_once")]

    def __str__(self) -> str:
        return str(self.pk)


class IncidentStep(SealedModel):
    """One thing to do, with an owner and a day. `code`: one of the kind's steps; or a few words of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="steps")
    code = models.SlugField(max_length=40, blank=True, default="")
    words = EncryptedTextField(person="incident_id", max_length=WORDS, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = IncidentStepQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "made_at"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "due_on"], condition=Q(done_at__isnull=True), name="incident_step_to_do")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "code"], condition=~Q(code=""), name="incident_step_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class IncidentMeasure(models.Model):
    """What was done in another part of the program, without what stands there."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="measures")
    kind = models.CharField(max_length=8, choices=MeasureKind)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=MeasureKind.values), name="incident_measure_known"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Lesson(SealedModel):
    """What is left for the yearly review: kind, month and what changes. No person, and no way back to one.

    It has a key of its own and outlives the incident.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.OneToOneField(Incident, on_delete=models.SET_NULL, null=True, related_name="lesson")
    kind = models.ForeignKey(IncidentKind, on_delete=models.PROTECT, related_name="+")
    near_miss = models.BooleanField(default=False)
    month = models.DateField()
    changes = ArrayField(models.CharField(max_length=10, choices=Change))
    words = EncryptedTextField(person="id", max_length=LESSON, blank=True)
    written_on = models.DateField(default=timezone.localdate)

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-month", "kind", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(month__day=1), name="lesson_month_is_a_month"),
            models.CheckConstraint(condition=Q(changes__len__gt=0), name="lesson_says_what_changes"),
        ]

    def __str__(self) -> str:
        return str(self.id)
