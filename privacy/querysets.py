"""Who sees which requests."""

from __future__ import annotations

from typing import Any

from django.db import models

from privacy.choices import DECIDERS, RequestKind, RequestState
from psp.choices import Role
from psp.sight import coordinated_regions, sight_of


class RightsRequestQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> RightsRequestQuerySet:
        """A person's own requests."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()

    def on_desk_of(self, user: Any) -> RightsRequestQuerySet:
        """Corrections asked for by people of the regions that this account coordinates."""
        regions = coordinated_regions(user)
        return self.filter(kind=RequestKind.CORRECTION, person__participant__program_region__in=regions)

    def of_office(self, user: Any) -> RightsRequestQuerySet:
        """Every request, for the privacy officer; nothing for anybody else."""
        return self.all() if sight_of(user).has(Role.PRIVACY_OFFICER) else self.none()

    def to_confirm(self, user: Any) -> RightsRequestQuerySet:
        """On paper, recorded by somebody else, about somebody else: a second person makes sure who asks."""
        if not sight_of(user).has(*DECIDERS):
            return self.none()
        waiting = self.open().filter(kind=RequestKind.ACCESS, identity_checked_at__isnull=True)
        return waiting.exclude(recorded_by=user.pk).exclude(person=user.pk)

    def open(self) -> RightsRequestQuerySet:
        return self.filter(state=RequestState.OPEN)
