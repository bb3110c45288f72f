"""When somebody or a room is taken by a group, so that nobody is in two places at once.

The rows follow from sessions, places and who leads: triggers write them, nobody else can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from groups.models import PeerGroup

# Django's own class takes its values in brackets for the type checker only.
if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = models.Field


class Spans(AnyField):
    """Several spans of time in one value (tstzmultirange)."""

    def db_type(self, connection: Any) -> str:
        return "tstzmultirange"


class Booking(models.Model):
    """The planned sessions of a group that are still to come, for one who holds them: an account or a room."""

    group = models.ForeignKey(PeerGroup, on_delete=models.PROTECT, related_name="bookings")
    holder = models.UUIDField()
    during = Spans()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "holder"], name="booking_once"),
            ExclusionConstraint(
                name="booking_one_place_at_a_time",
                expressions=[("holder", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
