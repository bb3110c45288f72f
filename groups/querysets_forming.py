"""Who sees the groups that are being thought of."""

from __future__ import annotations

from typing import Any

from django.db import models

from psp.sight import coordinated_regions


class FormingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> FormingQuerySet:
        """Coordinators of every region whose people are in the pool: one region too many, and it is not theirs."""
        return self.filter(program_regions__contained_by=sorted(coordinated_regions(user)))
