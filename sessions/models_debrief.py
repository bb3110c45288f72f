"""What somebody who led a session says about it for themselves: codes, no word about anybody."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User
from sessions.choices import HowItWas, SupportState, Told
from sessions.querysets_after import DebriefQuerySet


class Debrief(SealedModel):
    """Voluntary ([domain] rule 32). Seen by the one who led and by the supervisor whom they chose; coordinators learn
    only that there is something to talk about. It has no history and goes by itself: it is no record of performance.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey("peer_sessions.GroupSession", on_delete=models.PROTECT, related_name="debriefs")
    lead = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    how = EncryptedTextField(person="lead_id", max_length=8, blank=True)
    told = models.CharField(max_length=8, choices=Told, default=Told.NOTHING)
    support = models.CharField(max_length=8, choices=SupportState, default=SupportState.NONE)
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # How often support was asked for: each time is one message.
    asked = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = DebriefQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "lead"], name="debrief_once"),
            models.CheckConstraint(condition=Q(told__in=Told.values), name="debrief_told_known"),
            models.CheckConstraint(condition=Q(support__in=SupportState.values), name="debrief_support_known"),
            models.CheckConstraint(
                condition=Q(support="none", supervisor__isnull=True)
                | (~Q(support="none") & Q(supervisor__isnull=False)),
                name="debrief_support_from_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.lead_id

    @property
    def how_it_was(self) -> str:
        """In words; "" where they did not say."""
        return str(HowItWas(self.how).label) if self.how else ""
