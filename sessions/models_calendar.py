"""Sessions in people's own calendars."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from psp.models import User
from sessions.querysets_calendar import CalendarFeedQuerySet


class CalendarFeed(models.Model):
    """A private address under which somebody's calendar fetches their sessions, without signing in.

    The address is shown once and kept nowhere: `digest` is keyed. A new one, or none, leaves no trace of the old,
    so that an address which ended and one that never was are the same to whoever tries them. No history, for the
    same reason. `shows_names`: titles say the name of the group, because the person wants it so.
    """

    person = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    shows_names = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    # Since when the person has had no group at all; some time later the address ends by itself.
    idle_since = models.DateField(null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="feed_keeps_a_digest_only")
        ]

    def __str__(self) -> str:
        return str(self.person_id)
