"""What is covered in an intake meeting, and what was noted there. Nothing about what happened to anybody."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from intake.choices import NeedCode
from intake.querysets_meeting import MeetingGuideQuerySet, MeetingNotesQuerySet
from psp.content import in_language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User


class MeetingGuide(models.Model):
    """The steps of an intake meeting in both languages, in versions. Published ones never change (a trigger)."""

    number = models.PositiveSmallIntegerField(_("version"), unique=True)
    steps = models.JSONField(_("steps"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    objects = MeetingGuideQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = _("steps of the intake meeting")
        verbose_name_plural = _("steps of the intake meeting")

    def __str__(self) -> str:
        return str(self.number)

    def choices(self, language: str) -> list[tuple[str, str]]:
        """Code and text of each step."""
        steps: list[dict[str, Any]] = self.steps
        return [(item["code"], in_language(item, "text", language)) for item in steps]


class MeetingNotes(SealedModel):
    """Which steps were covered, and what would make taking part easier: codes, and one sealed line."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.OneToOneField("intake.IntakeMeeting", on_delete=models.PROTECT, related_name="notes")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    guide = models.ForeignKey(MeetingGuide, on_delete=models.PROTECT, related_name="+")
    covered = ArrayField(models.SlugField(max_length=40), default=list)
    needs = ArrayField(models.CharField(max_length=12, choices=NeedCode), default=list)
    needs_line = EncryptedTextField(person="person_id", max_length=200, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = MeetingNotesQuerySet.as_manager()
    history = HistoricalRecords()

    def __str__(self) -> str:
        return str(self.id)
