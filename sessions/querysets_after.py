"""Who sees what follows a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from psp.choices import Role
from psp.models import RoleAssignment
from psp.sight import coordinated_regions
from sessions.choices import CallOffer, DropInState, SupportState, Told

if TYPE_CHECKING:
    from datetime import datetime


class DropInQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> DropInQuerySet:
        """The person; and coordinators of their region, what is or was a task."""
        if not user.is_authenticated:
            return self.none()
        tasks = models.Q(
            participant__program_region__in=coordinated_regions(user),
            state__in=[DropInState.ASKED, DropInState.SETTLED],
        )
        return self.filter(models.Q(participant__user_id=user.pk) | tasks)

    def in_regions_of(self, user: Any) -> DropInQuerySet:
        """Those whom a coordinator should speak with."""
        return self.filter(participant__program_region__in=coordinated_regions(user), state=DropInState.ASKED)


class DebriefQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> DebriefQuerySet:
        """Whoever said it, and the supervisor whom they asked. Nobody else, whatever their role."""
        if not user.is_authenticated:
            return self.none()
        asked = models.Q(supervisor_id=user.pk) & ~models.Q(support=SupportState.NONE)
        return self.filter(models.Q(lead_id=user.pk) | asked)

    def asked_of(self, supervisor: Any) -> DebriefQuerySet:
        """Support that this supervisor was asked for and that is not done."""
        return self.filter(supervisor_id=supervisor.pk, support__in=[SupportState.ASKED, SupportState.TAKEN])

    def stranded(self) -> DebriefQuerySet:
        """Support that was asked of somebody who is no supervisor any more: nobody would see it."""
        there = RoleAssignment.objects.filter(
            user_id=models.OuterRef("supervisor_id"), user__is_active=True, role=Role.SUPERVISOR
        )
        waits = self.filter(support__in=[SupportState.ASKED, SupportState.TAKEN])
        return waits.exclude(models.Exists(there))

    def in_regions_of(self, user: Any) -> DebriefQuerySet:
        """For coordinators of the group's region: that there is something to talk about, and nothing else of it.

        Also where somebody asked for support and whom they asked is gone: they are not left alone with it.
        """
        to_talk = models.Q(told=Told.OPEN) | models.Q(pk__in=self.model.objects.stranded().values("pk"))
        rows = self.filter(to_talk, session__group__program_region__in=coordinated_regions(user))
        return rows.defer("how", "support", "supervisor", "asked")


class FollowUpQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> FollowUpQuerySet:
        if not user.is_authenticated:
            return self.none()
        mine = models.Q(participant__user_id=user.pk)
        return self.filter(mine | models.Q(participant__program_region__in=coordinated_regions(user)))

    def in_regions_of(self, user: Any) -> FollowUpQuerySet:
        """Calls that people of this coordinator's regions wish."""
        return self.filter(participant__program_region__in=coordinated_regions(user), state=CallOffer.WISHED)

    def of_person(self, user: Any) -> FollowUpQuerySet:
        return self.filter(participant__user_id=user.pk)

    def standing(self, now: datetime) -> FollowUpQuerySet:
        """Not over: the person may answer, and change their answer."""
        open_still = models.Q(until__gt=now) | models.Q(state=CallOffer.WISHED)
        return self.exclude(state__in=[CallOffer.DONE, CallOffer.ENDED]).filter(open_still)
