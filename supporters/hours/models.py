"""Hours that somebody worked, line by line, from their own draft to the pay file ([NH] rule 31).

The database keeps what no service may forget: one thing at a time, no more than a day in a day, nobody approves their
own hours, and nothing changes once it is handed to pay.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from psp.choices import Role
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User
from supporters.hours.choices import AWAY_KINDS, HOURS_ROLES, HoursKind, HoursState, ReturnCode
from supporters.hours.models_pay import PayExport
from supporters.hours.querysets import HoursQuerySet

NOTE = 200


class TsTzRange(Func):
    """A range of two moments, the last one left out."""

    function = "TSTZRANGE"
    output_field: Any = DateTimeRangeField()


class HoursReturn(SealedModel):
    """Hours that came back once, with a short practical note for the person alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="hours_returned")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=8, choices=ReturnCode)
    note = EncryptedTextField(person="user_id", max_length=NOTE, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__in=ReturnCode.values), name="hours_return_code_known"),
            models.CheckConstraint(condition=~Q(by=F("user")), name="hours_returned_by_another"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


class HoursLine(models.Model):
    """One stretch of work on one day of the person's own calendar, in minutes; with times where they are known.

    `role`: as what they worked. `about`: id of the session, the meeting or the leave that it was proposed from.
    `corrects`: a line that was handed to pay; `minutes` is then the difference, less than nothing too. A line counts
    on the day on which it begins.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="hours")
    role = models.CharField(max_length=16, choices=Role)
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=HoursKind)
    minutes = models.SmallIntegerField()
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    about = models.UUIDField(null=True, blank=True, editable=False)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    state = models.CharField(max_length=8, choices=HoursState, default=HoursState.DRAFT)
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    returned = models.ForeignKey(HoursReturn, on_delete=models.SET_NULL, null=True, related_name="lines")
    export = models.ForeignKey(PayExport, on_delete=models.PROTECT, null=True, related_name="lines")
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)

    objects = HoursQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day", "starts_at", "made_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["user", "day"], name="hours_user_day"),
            models.Index(fields=["user"], condition=Q(state="sent"), name="hours_to_decide"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=HoursKind.values), name="hours_kind_known"),
            models.CheckConstraint(condition=Q(state__in=HoursState.values), name="hours_state_known"),
            models.CheckConstraint(condition=Q(role__in=HOURS_ROLES), name="hours_role_known"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, minutes__range=(1, 1440))
                | (Q(corrects__isnull=False, minutes__range=(-1440, 1440)) & ~Q(minutes=0)),
                name="hours_minutes_sensible",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__gt=F("starts_at"), corrects__isnull=True),
                name="hours_times_whole",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["approved", "exported"], decided_by__isnull=False, decided_at__isnull=False))
                | Q(state__in=["draft", "sent", "returned"], decided_by__isnull=True, decided_at__isnull=True),
                name="hours_decision_whole",
            ),
            # Nobody approves their own hours.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("user")), name="hours_decided_by_another"
            ),
            models.CheckConstraint(
                condition=Q(state="exported", export__isnull=False) | (~Q(state="exported") & Q(export__isnull=True)),
                name="hours_export_whole",
            ),
            # What the calendar proposes is taken once, however often one taps.
            models.UniqueConstraint(
                fields=["user", "kind", "about"], name="hours_taken_once",
                condition=Q(about__isnull=False, corrects__isnull=True) & ~Q(kind__in=AWAY_KINDS),
            ),
            models.UniqueConstraint(
                fields=["user", "about", "day"], name="hours_away_once",
                condition=Q(about__isnull=False, corrects__isnull=True, kind__in=AWAY_KINDS),
            ),
            ExclusionConstraint(
                name="hours_one_thing_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(starts_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
