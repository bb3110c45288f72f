"""What a cohort is asked before, after and three months later, and the boxes that hold what was said without a name."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from psp import survey
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.feedback_rules import REF_BYTES
from supporters.training.choices import Moment
from supporters.training.models_cohorts import Cohort
from supporters.training.querysets import EvaluationBoxQuerySet, EvaluationFormQuerySet


class EvaluationForm(models.Model):
    """What is asked, as data (`psp.survey`), in versions; published ones are never changed by the program."""

    moment = models.CharField(_("when"), max_length=6, choices=Moment)
    number = models.PositiveSmallIntegerField(_("version"))
    questions = models.JSONField(_("questions"))
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EvaluationFormQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["moment", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["moment", "number"], name="evaluation_version_once"),
            models.CheckConstraint(condition=Q(moment__in=Moment.values), name="evaluation_moment_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_moment_display()} {self.number}"

    @property
    def form(self) -> survey.Form:
        return survey.form_of(self.questions)


class EvaluationBox(SealedModel):
    """Slips and answers of one cohort at one moment, all sealed in one column under a key of the box's own.

    No moment of an answer, no count, no person, no history, as the boxes of sessions (`sessions.services_feedback`
    says against whom this holds). Emptied, `sealed` is blank; then the key is destroyed and the row deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ref = models.CharField(max_length=2 * REF_BYTES, unique=True)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="evaluations")
    form = models.ForeignKey(EvaluationForm, on_delete=models.PROTECT, related_name="+")
    sealed = EncryptedTextField(person="id", max_length=1_048_576, blank=True)
    closes_at = models.DateTimeField()
    emptied = models.BooleanField(default=False)

    objects = EvaluationBoxQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["cohort", "form"], name="evaluation_box_once")]

    def __str__(self) -> str:
        return self.ref
