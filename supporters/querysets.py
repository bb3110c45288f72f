"""Who sees what of the supporters, and the words for asking."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from psp.choices import Role
from psp.sight import sight_of
from supporters.choices import SupporterState


def _is_paired() -> Q:
    """With somebody who still supervises, as `PairingQuerySet.current`."""
    return Q(
        user__supervised_by__isnull=False, user__supervised_by__ended_on__isnull=True,
        user__supervised_by__supervisor__is_active=True,
        user__supervised_by__supervisor__roles__role=Role.SUPERVISOR,
    )  # fmt: skip


class SupporterQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> SupporterQuerySet:
        """Oneself; and supervisors those whom they supervise now, or who are joining and have nobody yet."""
        if not user.is_authenticated:
            return self.none()
        mine = Q(user_id=user.pk)
        if sight_of(user).has(Role.SUPERVISOR):
            paired = Q(user__supervised_by__supervisor_id=user.pk, user__supervised_by__ended_on__isnull=True)
            mine |= Q(pk__in=self.model.objects.filter(paired).values("pk"))
            alone = ~Q(pk__in=self.model.objects.filter(_is_paired()).values("pk"))
            mine |= Q(state=SupporterState.JOINING) & alone
        return self.filter(mine)


class ProgramTextQuerySet(models.QuerySet[Any]):
    def published(self) -> ProgramTextQuerySet:
        return self.filter(published_at__isnull=False)

    def current(self, kind: str) -> Any:
        """The published version with the highest number; None where nothing was published."""
        return self.published().filter(kind=kind).order_by("-number").first()


class AcknowledgementQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> AcknowledgementQuerySet:
        """One's own, and for supervisors those of the people whom they supervise now."""
        if not user.is_authenticated:
            return self.none()
        mine = Q(user_id=user.pk)
        if sight_of(user).has(Role.SUPERVISOR):
            mine |= Q(user__supervised_by__supervisor_id=user.pk, user__supervised_by__ended_on__isnull=True)
        return self.filter(pk__in=self.model.objects.filter(mine).order_by().values("pk"))


class PauseQuerySet(models.QuerySet[Any]):
    def standing(self) -> PauseQuerySet:
        return self.filter(ended_at__isnull=True)
