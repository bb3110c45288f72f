"""Which steps hold now, and who sees what was noted in a meeting."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from psp.sight import coordinated_regions


class MeetingGuideQuerySet(models.QuerySet[Any]):
    def in_force(self) -> Any:
        """The newest published version; DoesNotExist where there is none."""
        return self.filter(published_at__isnull=False).order_by("-number")[:1].get()


class MeetingNotesQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> MeetingNotesQuerySet:
        """The person, in the copy of what is held; coordinators of the region."""
        if not user.is_authenticated:
            return self.none()
        here = Q(person__participant__program_region__in=coordinated_regions(user))
        return self.filter(Q(person_id=user.pk) | here)
