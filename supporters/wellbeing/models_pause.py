"""A pause of the role: at once, without a reason, and without a field for one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from psp.models import User
from supporters.querysets import PauseQuerySet


class Pause(models.Model):
    """From then on nobody counts on this person, until they say otherwise themselves ([NH] rule 32).

    `back_on`: when they think of coming back, if they said so; nothing ends by itself.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pauses")
    since = models.DateTimeField(default=timezone.now)
    back_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = PauseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at__isnull=True), name="pause_one_standing"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since")), name="pause_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
