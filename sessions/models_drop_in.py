"""Coming to a session of an informal group without a place in it: a code that the person shows or reads aloud."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from intake.models import Participant
from psp.models import User
from sessions.choices import DropInState
from sessions.querysets_after import DropInQuerySet


class DropIn(models.Model):
    """One code of one person, good for a few minutes and for one session. Only its keyed digest is kept.

    Where it did not open the door, this is the coordinator's task; why is written nowhere. A trigger
    (`drop_in_informal`, `drop_in_room`) judges every code that does.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="drop_ins")
    digest = models.CharField(max_length=64, editable=False)
    state = models.CharField(max_length=8, choices=DropInState, default=DropInState.OPEN)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    session = models.ForeignKey(
        "peer_sessions.GroupSession", on_delete=models.PROTECT, null=True, related_name="drop_ins"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    used_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = DropInQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participant"], condition=Q(state="open"), name="drop_in_one_open"),
            models.UniqueConstraint(fields=["digest"], condition=Q(state="open"), name="drop_in_code_once"),
            models.CheckConstraint(condition=Q(state__in=DropInState.values), name="drop_in_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", session__isnull=True, by__isnull=True, used_at__isnull=True)
                | (~Q(state="open") & Q(session__isnull=False, by__isnull=False, used_at__isnull=False)),
                name="drop_in_used_at_a_session",
            ),
            models.CheckConstraint(
                condition=Q(state="settled", settled_at__isnull=False)
                | (~Q(state="settled") & Q(settled_at__isnull=True)),
                name="drop_in_settled_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.participant.user_id
