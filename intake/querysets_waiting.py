"""Who waits for what, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Q, Value, When

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from intake.choices import WaitingState
from psp.sight import coordinated_regions

if TYPE_CHECKING:
    from datetime import date


def ahead(today: date, path: str = "") -> Case:
    """0 for whoever has a priority that still holds, 1 for everybody else; `path` leads to the waiting place."""
    holds = ~Q(**{f"{path}priority": ""}) & Q(**{f"{path}priority_until__gte": today})
    return Case(When(holds, then=Value(0)), default=Value(1))


class WaitingPlaceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> WaitingPlaceQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(participant__user_id=user.pk) | Q(participant__program_region__in=coordinated_regions(user))
        )

    def in_regions_of(self, user: Any) -> WaitingPlaceQuerySet:
        return self.filter(participant__program_region__in=coordinated_regions(user))

    def waiting(self) -> WaitingPlaceQuerySet:
        """Open, with the consent to taking part in force; a file that became part of another waits with that one."""
        return self.filter(
            agrees(ConsentPurpose.TAKING_PART, "participant__user_id"), state=WaitingState.WAITING,
            participant__merged_into__isnull=True,
        )  # fmt: skip

    def in_order(self, today: date) -> WaitingPlaceQuerySet:
        """Whoever has a priority first, then by the time that they have waited."""
        ordered: WaitingPlaceQuerySet = self.annotate(ahead=ahead(today)).order_by("ahead", "since", "pk")
        return ordered
