"""Who supports the supporters: pairs, and the meetings that took place."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User
from supporters.choices import MeetingKind
from supporters.querysets import PairingQuerySet


class Pairing(models.Model):
    """Somebody and the supervisor at their side. A change needs no reason, and there is no field for one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervised_by")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervises")
    since = models.DateField(default=timezone.localdate)
    ended_on = models.DateField(null=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_on__isnull=True), name="pairing_one_standing"),
            models.CheckConstraint(condition=~Q(user=F("supervisor")), name="pairing_with_another"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since")), name="pairing_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


class SupervisionMeeting(SealedModel):
    """That it took place, how long, and what both agreed on: read by the two and nobody else ([NH] rule 30).

    `minutes` on the clock; `agreed` is sealed under the key of the supporter. Group supervision is one row for each
    person who was there, with the same `together`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervision")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=MeetingKind)
    held_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    together = models.UUIDField(null=True, editable=False)
    agreed = EncryptedTextField(person="user_id", max_length=4000, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-held_on", "-made_at"]
        indexes: ClassVar = [models.Index(fields=["user", "held_on"], name="supervision_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=MeetingKind.values), name="supervision_kind_known"),
            models.CheckConstraint(condition=Q(minutes__range=(1, 480)), name="supervision_minutes_sensible"),
            models.CheckConstraint(condition=~Q(user=F("supervisor")), name="supervision_with_another"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
