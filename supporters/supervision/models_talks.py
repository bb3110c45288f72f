"""The open door: who is there for a talk now, and who asks for one. What is said is kept nowhere."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from psp.models import User
from supporters.supervision.choices import TALK_OPEN, TalkState, TalkWhen
from supporters.supervision.querysets import DoorQuerySet, TalkQuerySet


class OpenDoor(models.Model):
    """This supervisor is there for whoever wants to talk, until then. A door that is shut has no row, or is past."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    until = models.DateTimeField()

    objects = DoorQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.user_id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


class Talk(models.Model):
    """Somebody asks to talk, with `asked` or with whoever is there first (None). No word about what, no length, no
    history; it goes by itself after some weeks.

    `everybody_at`: when it went to all supervisors, because nobody was chosen, or nobody took it in time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    when = models.CharField(max_length=8, choices=TalkWhen)
    state = models.CharField(max_length=8, choices=TalkState, default=TalkState.ASKED)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    everybody_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = TalkQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["asked_at"]
        indexes: ClassVar = [models.Index(fields=["asked_at"], name="talk_asked", condition=Q(state="asked"))]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=TalkState.values), name="talk_state_known"),
            models.CheckConstraint(condition=Q(when__in=TalkWhen.values), name="talk_when_known"),
            models.CheckConstraint(condition=Q(asked__isnull=True) | ~Q(asked=F("user")), name="talk_with_another"),
            models.CheckConstraint(
                condition=Q(asked__isnull=False) | Q(everybody_at__isnull=False), name="talk_reaches_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state="taken", taken_by__isnull=False) | ~Q(state="taken"), name="talk_taken_by_somebody"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=sorted(TALK_OPEN)), name="talk_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
