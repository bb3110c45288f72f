"""When coordinators can meet people, and the short calls of whoever hesitates.

Published hours are about the team, not about a person. A short call is a time slot and nothing else: it has no
account, no name and no history, and its row is gone the day after.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from intake.choices import CallWay, HoursFor, MeetingPlace
from intake.querysets import CallQuerySet, WishQuerySet
from psp.choices import Language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User


class TsTzRange(Func):
    """tstzrange(start, end): the time that a meeting takes."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class BookingTerms(SealedModel):
    """How one coordinator meets people. Without a row nobody can book a time with them.

    `video_link` and `phone` are where people join or call; sealed, because whoever has them can walk in. Whoever met
    the coordinator once keeps the link, so it stands in for a meeting's own only while `link_for_all` says so.
    `call_link` is another room, for short calls: anybody gets it without a name, and must not get into somebody's
    meeting.
    """

    coordinator = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="booking_terms")
    time_zone = models.CharField(_("your time zone"), max_length=40)
    minutes = models.PositiveSmallIntegerField(
        _("length of a meeting, in minutes"), default=45, validators=[MinValueValidator(15), MaxValueValidator(180)]
    )
    buffer_minutes = models.PositiveSmallIntegerField(
        _("pause after a meeting, in minutes"), default=15, validators=[MaxValueValidator(120)]
    )
    notice_hours = models.PositiveSmallIntegerField(
        _("notice that you need, in hours"), default=24, validators=[MaxValueValidator(336)]
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("how many days ahead people can book"), default=28,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )  # fmt: skip
    place = models.CharField(_("how you meet"), max_length=6, choices=MeetingPlace, default=MeetingPlace.VIDEO)
    video_link = EncryptedTextField(_("video link"), person="coordinator_id", max_length=500, blank=True)
    link_for_all = models.BooleanField(_("use this link for every meeting that has none of its own"), default=True)
    call_link = EncryptedTextField(_("video link of short calls"), person="coordinator_id", max_length=500, blank=True)
    phone = EncryptedTextField(_("number that people call"), person="coordinator_id", max_length=40, blank=True)

    def __str__(self) -> str:
        return str(self.coordinator_id)


def terms_of(coordinator: User) -> BookingTerms:
    """The coordinator's terms; where they made none yet, an unsaved row as the program means it."""
    found = BookingTerms.objects.filter(pk=coordinator.pk).first()
    return found or BookingTerms(coordinator=coordinator, time_zone=coordinator.time_zone)


def pause_of(coordinator: User) -> timedelta:
    """How long they want to be left alone after a meeting: nothing, until they said so."""
    minutes = BookingTerms.objects.filter(pk=coordinator.pk).values_list("buffer_minutes", flat=True).first()
    return timedelta(minutes=minutes or 0)


def place_of(coordinator: User) -> str:
    return terms_of(coordinator).place


class WeeklyHours(models.Model):
    """Hours that come back every week, on the coordinator's own wall clock."""

    coordinator = models.ForeignKey(User, on_delete=models.CASCADE, related_name="weekly_hours")
    hours_for = models.CharField(max_length=8, choices=HoursFor, default=HoursFor.MEETING)
    weekday = models.PositiveSmallIntegerField()
    start = models.TimeField()
    end = models.TimeField()
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["weekday", "start", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekly_hours_weekday"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="weekly_hours_in_order"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("begins")), name="weekly_hours_days_in_order"
            ),
            models.CheckConstraint(condition=Q(hours_for__in=HoursFor.values), name="weekly_hours_for_known"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start:%H:%M}"


class DayException(models.Model):
    """A day that is unlike the week. Away: no `start` means the whole day. Otherwise extra hours."""

    coordinator = models.ForeignKey(User, on_delete=models.CASCADE, related_name="day_exceptions")
    hours_for = models.CharField(max_length=8, choices=HoursFor, default=HoursFor.MEETING)
    day = models.DateField()
    away = models.BooleanField()
    start = models.TimeField(null=True, blank=True)
    end = models.TimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["day", "start", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True, away=True)
                | Q(start__isnull=False, end__isnull=False, end__gt=F("start")),
                name="day_exception_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class MeetingWish(models.Model):
    """When somebody could meet whom no published time suits: codes such as "0-morning", on their own clock."""

    application = models.OneToOneField("intake.Application", on_delete=models.CASCADE, related_name="meeting_wish")
    parts = ArrayField(models.CharField(max_length=11))
    at = models.DateTimeField(default=timezone.now)

    objects = WishQuerySet.as_manager()
    history = HistoricalRecords()

    def __str__(self) -> str:
        return str(self.application_id)


class ShortCall(SealedModel):
    """Fifteen minutes to ask questions before deciding anything: a time, a language, a word to say.

    `code_digest` finds the call of whoever kept the code. A number to be called at is sealed under a key of this
    row's own, which is destroyed when the call is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    coordinator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=40)
    language = models.CharField(max_length=2, choices=Language)
    way = models.CharField(max_length=10, choices=CallWay)
    word = models.CharField(max_length=24)
    code_digest = models.CharField(max_length=64, unique=True)
    number = EncryptedTextField(person="id", max_length=40, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="call_ends_after_start"),
            models.CheckConstraint(condition=Q(way__in=CallWay.values), name="call_way_known"),
            ExclusionConstraint(
                name="call_coordinator_free",
                expressions=[
                    (TsTzRange("starts_at", Coalesce("blocked_until", "ends_at")), RangeOperators.OVERLAPS),
                    ("coordinator", RangeOperators.EQUAL),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
