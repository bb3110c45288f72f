"""Who sees a check-in: the one who said it, and whom they shared it with. Nobody else, whatever their role."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from psp.choices import Role
from psp.models import RoleAssignment
from psp.sight import sight_of


class CheckInQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> CheckInQuerySet:
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(user_id=user.pk) | Q(pk__in=self.shared_with(user).values("pk")))

    def of_person(self, user: Any) -> CheckInQuerySet:
        return self.filter(user_id=user.pk)

    def shared_with(self, user: Any) -> CheckInQuerySet:
        """What others let this account read, for as long as it is a supervisor's, and they could take it back: pages
        of how one is open to peer supporters alone."""
        if not sight_of(user).has(Role.SUPERVISOR):
            return self.none()
        supporters = RoleAssignment.objects.filter(
            user=OuterRef("user"), user__is_active=True, role=Role.SUPPORTER
        )  # fmt: skip
        return self.filter(Exists(supporters), shares__supervisor_id=user.pk)


class CheckInShareQuerySet(models.QuerySet[Any]):
    def standing(self) -> CheckInShareQuerySet:
        """With somebody who is a supervisor still: the others read nothing any more."""
        held = RoleAssignment.objects.filter(
            user=OuterRef("supervisor"), user__is_active=True, role=Role.SUPERVISOR
        )  # fmt: skip
        return self.filter(Exists(held))
