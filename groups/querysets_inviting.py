"""Who sees invitations and queues."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from groups.choices import InvitationState, QueueState
from psp.sight import coordinated_regions


class InvitationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> InvitationQuerySet:
        """The one who is asked, and coordinators of the group's region. Nobody else in the group."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(participant__user_id=user.pk)
            | Q(user_id=user.pk)
            | Q(group__program_region__in=coordinated_regions(user))
        )

    def open(self) -> InvitationQuerySet:
        return self.filter(state=InvitationState.OPEN)


class QueuePlaceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> QueuePlaceQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(participant__user_id=user.pk) | Q(group__program_region__in=coordinated_regions(user)))

    def waiting(self) -> QueuePlaceQuerySet:
        return self.filter(state=QueueState.WAITING)
