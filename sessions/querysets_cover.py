"""Who sees that somebody is needed: the coordinators of the group's region, the one who cannot, and who stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from psp.sight import coordinated_regions
from sessions.choices_cover import CoverState

if TYPE_CHECKING:
    from datetime import datetime


class CoverQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> CoverQuerySet:
        if not user.is_authenticated:
            return self.none()
        own = Q(lead_id=user.pk) | Q(stand_in_id=user.pk)
        return self.filter(own | Q(session__group__program_region__in=coordinated_regions(user)))

    def in_regions_of(self, user: Any) -> CoverQuerySet:
        return self.filter(session__group__program_region__in=coordinated_regions(user))

    def still_to_come(self, now: datetime) -> CoverQuerySet:
        """Of sessions that are planned and not over."""
        return self.filter(session__state="scheduled", session__ends_at__gt=now)

    def open(self) -> CoverQuerySet:
        return self.filter(state=CoverState.OPEN)

    def standing(self) -> CoverQuerySet:
        """Whoever was to lead does not, whatever became of it."""
        return self.exclude(state=CoverState.NOT_NEEDED)

    def away(self, user: Any) -> CoverQuerySet:
        """Sessions that this account was to lead and does not."""
        return self.standing().filter(lead_id=user.pk)

    def stood_in_by(self, user: Any) -> CoverQuerySet:
        return self.filter(stand_in_id=user.pk, state=CoverState.TAKEN)
