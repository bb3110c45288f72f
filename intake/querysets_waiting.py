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
        return self.filter(desk_region__in=coordinated_regions(user))

    def standing(self) -> WaitingPlaceQuerySet:
        """Open; a file that became part of another waits with that one. For counting: a withdrawal of the consent ends
        the place in the same transaction."""
        return self.filter(state=WaitingState.WAITING, desk_region__isnull=False)

    def waiting(self) -> WaitingPlaceQuerySet:
        """The same, and the consent to taking part is asked for once more: for showing anybody by name."""
        return self.standing().filter(agrees(ConsentPurpose.TAKING_PART, "participant__user_id"))

    def in_order(self, today: date) -> WaitingPlaceQuerySet:
        """Whoever has a priority first, then by the time that they have waited."""
        ordered: WaitingPlaceQuerySet = self.annotate(ahead=ahead(today)).order_by("ahead", "since", "pk")
        return ordered
