"""Being asked to join or to lead a group, and waiting for a place in one that is open."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from groups.choices import GroupKind, InvitationState, LeadRole, QueueState
from groups.querysets_inviting import InvitationQuerySet, QueuePlaceQuerySet
from intake.models import Participant
from psp.models import User


class Invitation(models.Model):
    """A place that is kept for somebody until `answer_by`; what they answer is theirs, and no reason is asked.

    Exactly one of `participant` (a place in the group) and `user` (leading it, as `role`). `kind` is the group's,
    kept here so that the database itself sees to one open formal invitation at a time. An open one counts against
    the group's room (trigger `group_invitation_judge`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.PeerGroup", on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(max_length=10, choices=GroupKind)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, related_name="invitations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=12, choices=LeadRole, blank=True, default="")
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.OPEN)
    sent_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # Staff who sent it; none where it was offered by itself after somebody else's place became free.
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["sent_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["answer_by"], condition=Q(state="open"), name="invitation_due"),
            models.Index(fields=["group", "state"], name="invitation_of_group"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=InvitationState.values), name="invitation_state_known"),
            models.CheckConstraint(
                condition=Q(participant__isnull=False, user__isnull=True, role="")
                | (Q(participant__isnull=True, user__isnull=False) & ~Q(role="")),
                name="invitation_to_one",
            ),
            models.CheckConstraint(condition=Q(answer_by__gt=F("sent_at")), name="invitation_leaves_time"),
            models.UniqueConstraint(
                fields=["participant"], condition=Q(state="open", kind="formal"), name="invitation_one_formal"
            ),
            models.UniqueConstraint(
                fields=["group", "participant"], condition=Q(state="open"), name="invitation_open_once"
            ),
            models.UniqueConstraint(
                fields=["group", "user"], condition=Q(state="open"), name="invitation_lead_open_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        """The account that is asked."""
        return self.participant.user_id if self.participant is not None else self.user_id  # type: ignore[return-value]


class QueuePlace(models.Model):
    """Somebody who wants into an open group (informal, activity) that is full. Offers are invitations, in its order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.PeerGroup", on_delete=models.PROTECT, related_name="queue")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="queues")
    state = models.CharField(max_length=8, choices=QueueState, default=QueueState.WAITING)
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects = QueuePlaceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["since", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=QueueState.values), name="queue_state_known"),
            models.UniqueConstraint(
                fields=["group", "participant"], condition=Q(state__in=["waiting", "offered"]), name="queue_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.participant.user_id
