"""Who takes care of two people that must not meet and are in one group.

That they are is never stored: it is read from the pair and the places each time (`groups.conflicts`), so that it
neither outlives its end nor misses a beginning.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from intake.models import KeepApart
from psp.models import User


class ConflictCare(models.Model):
    """Somebody said "I take care of it", so that two people are not spoken to twice."""

    apart = models.ForeignKey(KeepApart, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey("groups.PeerGroup", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["apart", "group"], name="conflict_care_once")]

    def __str__(self) -> str:
        return str(self.pk)
