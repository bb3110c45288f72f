"""Short forms, what was answered without a name, and what was answered with one. Apart from each other, on purpose."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.choices import GroupKind
from groups.models import PeerGroup
from psp import survey
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.feedback_rules import FLOOR, REF_BYTES
from psp.models import User
from sessions.choices import Moment, QuestionnaireUse
from sessions.models import GroupSession
from sessions.querysets_survey import AnswerSheetQuerySet, FeedbackBoxQuerySet, QuestionnaireQuerySet


class Questionnaire(models.Model):
    """What is asked, as data (`psp.survey`), in versions. Published ones never change (a trigger)."""

    use = models.CharField(_("use"), max_length=13, choices=QuestionnaireUse)
    number = models.PositiveSmallIntegerField(_("version"))
    questions = models.JSONField(_("questions"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["use", "-number"]
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["use", "number"], name="questionnaire_version_once"),
            models.CheckConstraint(condition=Q(use__in=QuestionnaireUse.values), name="questionnaire_use_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} {self.number}"

    @property
    def form(self) -> survey.Form:
        return survey.form_of(self.questions)


class FeedbackBox(SealedModel):
    """Slips and answers of one session, all sealed in one column under a key of the box's own.

    No moment, no count, no person, no history: `sessions.services_feedback` says why. Emptied, `sealed` is
    blank; then the key is destroyed and the row deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ref = models.CharField(max_length=2 * REF_BYTES, unique=True)
    session = models.OneToOneField(GroupSession, on_delete=models.PROTECT, related_name="feedback_box")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    sealed = EncryptedTextField(person="id", max_length=1_048_576, blank=True)
    closes_at = models.DateTimeField()
    emptied = models.BooleanField(default=False)

    objects = FeedbackBoxQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.ref


class FeedbackBatch(models.Model):
    """Answers of several people to one form, counted question by question. A trigger refuses fewer than five, numbers
    that do not add up, and every change.

    `counts`: {question: {answer: how often}}. `kind`: of group, "" for all. `period`: "2026-Q4" of the
    calendar or a fiscal year, "2026-27", by the day on which the time to answer ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=10, choices=GroupKind, blank=True)
    period = models.CharField(max_length=7)
    answers = models.PositiveIntegerField()
    counts = models.JSONField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(answers__gte=FLOOR), name="feedback_batch_of_several"),
            models.CheckConstraint(condition=Q(kind__in=["", *GroupKind.values]), name="feedback_batch_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.kind}"


class AnswerSheet(SealedModel):
    """What a person said before or after a group, under the consent to questionnaires; it ends with that consent.

    `answers`: JSON, sealed. Kept half done until `sent_at`. Nobody but the person opens it. No history: what somebody
    thought better of is gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="answer_sheets")
    group = models.ForeignKey(PeerGroup, on_delete=models.PROTECT, related_name="+")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(max_length=6, choices=Moment)
    answers = EncryptedTextField(person="person_id", max_length=4000)
    saved_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = AnswerSheetQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["saved_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "group", "moment"], name="answer_sheet_once"),
            models.CheckConstraint(condition=Q(moment__in=Moment.values), name="answer_sheet_moment_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)
