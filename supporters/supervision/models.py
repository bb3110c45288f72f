"""Who supports the supporters: pairs, the meetings that took place and the next one."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User
from supporters.choices import MeetingKind
from supporters.supervision.querysets import MeetingQuerySet, NextQuerySet, PairingQuerySet, WishQuerySet


class Pairing(models.Model):
    """Somebody and the supervisor at their side. A change needs no reason, and there is no field for one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervised_by")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervises")
    since = models.DateField(default=timezone.localdate)
    ended_on = models.DateField(null=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["supervisor"], name="pairing_people", condition=Q(ended_on__isnull=True)),
        ]
        # In no circle of whatever length: `pairing_judge`, a trigger.
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
    person who was there, with the same `together`. `added` is the supporter's own line.

    The two are the supporter and the supervisor who wrote it, while they are a pair. A later supervisor reads it only
    if the supporter shows it to them (`shared_with`), and may be refused it again at any time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervision")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=MeetingKind)
    held_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    together = models.UUIDField(null=True, editable=False)
    agreed = EncryptedTextField(person="user_id", max_length=4000, blank=True)
    added = EncryptedTextField(person="user_id", max_length=2000, blank=True)
    shared_with = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = MeetingQuerySet.as_manager()

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


class NextMeeting(models.Model):
    """When the two meet next, as both see it. One at a time; it goes when a meeting is noted or the pair ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=60)
    # How often it was changed: a calendar takes the newest file.
    revision = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = NextQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minutes__range=(1, 480)), name="next_meeting_minutes_sensible"),
            models.CheckConstraint(condition=~Q(user=F("supervisor")), name="next_meeting_with_another"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class SupervisorWish(models.Model):
    """Somebody asks for another supervisor: `wished`, or any other. There is no field for a reason, and the supervisor
    they have does not see it. It goes when it is met or taken back."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    wished = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    objects = WishQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["since"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(wished__isnull=True) | ~Q(wished=F("user")), name="supervisor_wish_for_another"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user_id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
