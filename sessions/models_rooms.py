"""Rooms in which groups meet. A room is in one place at a time, so it is booked like somebody who leads."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from psp.models import ProgramRegion


class Room(models.Model):
    """`address` says where it is and how to get in, for those who come."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program_region = models.ForeignKey(
        ProgramRegion, verbose_name=_("program region"), on_delete=models.PROTECT, related_name="rooms"
    )
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address and how to get in"), max_length=300)
    active = models.BooleanField(_("can be chosen"), default=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering: ClassVar = ["program_region", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["program_region", "name"], name="room_name_once")]

    def __str__(self) -> str:
        return self.name
