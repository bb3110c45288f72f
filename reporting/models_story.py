"""Stories for the reports: written by the person, printed only as the person agreed, in a copy that stays."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from psp.choices import Language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User
from reporting.models_release import Release
from reporting.stories.choices import StoryState
from reporting.stories.querysets import StoryQuerySet

LONGEST = 3000


class Story(SealedModel):
    """One for each person. `text`: their own words. `wording`: how it would be printed, proposed by a coordinator;
    blank before. Both sealed under the person's key. No history: what somebody thought better of is gone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="story")
    language = models.CharField(max_length=2, choices=Language)
    text = EncryptedTextField(person="person_id", max_length=LONGEST)
    wording = EncryptedTextField(person="person_id", max_length=LONGEST, blank=True)
    state = models.CharField(max_length=8, choices=StoryState, default=StoryState.DRAFT)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = StoryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["changed_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=StoryState.values), name="story_state_known"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="story_language_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ReleasedStory(models.Model):
    """The words as a report prints them; they never change, and go only as long as the report is not published (a
    trigger). `story`: empty once the person's own is gone: then nothing says who wrote it."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="stories")
    story = models.ForeignKey(Story, on_delete=models.SET_NULL, null=True, related_name="printed")
    language = models.CharField(max_length=2, choices=Language)
    text = models.TextField(max_length=LONGEST)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["release", "story"], name="released_story_once")]

    def __str__(self) -> str:
        return str(self.pk)
