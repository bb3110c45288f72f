"""Where a session by video takes place, once the provider has made it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from psp.crypto.fields import EncryptedTextField, SealedModel
from sessions.choices_video import VideoState
from sessions.models import GroupSession
from sessions.querysets_video import VideoQuerySet


def new_external_id() -> str:
    """What the provider knows a meeting of ours by: no key of any row."""
    return str(uuid.uuid4())


class VideoMeeting(SealedModel):
    """The meeting of one session with the provider. No session ever waits for it.

    `meeting` and `join_url` are sealed under a key of the row's own, which goes with them: whoever has the address can
    knock. `starts_at` and `ends_at`: as the provider was told last. `due_at`: when to try next, or, while somebody
    works on it, when somebody else may. `status`: of the last refusal, 0 without an answer.
    What is ready can be joined (constraint video_ready_is_made). What is wanted no more has no row and no key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.OneToOneField(GroupSession, on_delete=models.PROTECT, related_name="video")
    state = models.CharField(max_length=8, choices=VideoState, default=VideoState.WAITING)
    external_id = models.CharField(max_length=36, default=new_external_id, unique=True)
    meeting = EncryptedTextField(person="id", max_length=600, blank=True)
    join_url = EncryptedTextField(person="id", max_length=1000, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()

    objects = VideoQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="video_waiting"),
            models.Index(fields=["starts_at"], condition=Q(state="ready"), name="video_ready"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=VideoState.values), name="video_state_known")
        ]

    def __str__(self) -> str:
        return str(self.id)
