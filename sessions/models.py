"""The sessions of a group and who was there. No notes about people, by design."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from groups.models import PeerGroup
from intake.models import Participant
from psp.models import User
from sessions.choices import AttendanceStatus, ChangeReason, SessionState
from sessions.querysets import AttendanceQuerySet, ComingQuerySet, GroupSessionQuerySet


class GroupSession(models.Model):
    """One session; `number` counts from 1 within its group.

    `revision` counts every change that a calendar must know: another time, another place, cancelled, restored. `room`,
    `link` and `address` hold for this session alone; where it is in the end, `sessions.places` says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(PeerGroup, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.SCHEDULED)
    revision = models.PositiveIntegerField(default=0)
    # Why it was last moved, cancelled or added.
    reason = models.CharField(max_length=8, choices=ChangeReason, blank=True, default="")
    room = models.ForeignKey(
        "peer_sessions.Room", on_delete=models.PROTECT, related_name="sessions", null=True, blank=True
    )
    link = models.URLField(_("video link"), max_length=500, blank=True, default="")
    address = models.CharField(_("address and how to get in"), max_length=300, blank=True, default="")
    # For calendars, which want to know how old what they read is.
    changed_at = models.DateTimeField(auto_now=True)

    objects = GroupSessionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["starts_at"]
        indexes: ClassVar = [
            models.Index(fields=["starts_at"], condition=Q(state="scheduled"), name="session_upcoming")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "number"], name="session_number_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.CheckConstraint(condition=Q(state__in=SessionState.values), name="session_state_known"),
            models.CheckConstraint(condition=Q(reason__in=["", *ChangeReason.values]), name="session_reason_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Attendance(models.Model):
    """Whether a member was at a session, as recorded by who led it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="attendance")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="attendance")
    status = models.CharField(max_length=12, choices=AttendanceStatus)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = AttendanceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "participant"], name="attendance_once"),
            models.CheckConstraint(condition=Q(status__in=AttendanceStatus.values), name="attendance_status_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.participant.user_id


class Coming(models.Model):
    """Whether a member means to come to a session, where the group asks. Nobody has to say, and nobody asks why.

    Those who lead see it until the session; it goes with the place. Who was there is another matter (`Attendance`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="coming")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="coming")
    comes = models.BooleanField()
    said_at = models.DateTimeField(default=timezone.now)

    objects = ComingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "participant"], name="coming_once")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.participant.user_id


# Models of this app that have a file of their own.
from sessions.models_bookings import Booking  # noqa: E402
from sessions.models_calendar import CalendarFeed  # noqa: E402
from sessions.models_closures import Closure  # noqa: E402
from sessions.models_cover import Cover  # noqa: E402
from sessions.models_debrief import Debrief  # noqa: E402
from sessions.models_drop_in import DropIn  # noqa: E402
from sessions.models_follow_up import FollowUpOffer  # noqa: E402
from sessions.models_rooms import Room  # noqa: E402
from sessions.models_survey import AnswerSheet, FeedbackBatch, FeedbackBox, Questionnaire  # noqa: E402
from sessions.models_video import VideoMeeting  # noqa: E402

__all__ = [
    "AnswerSheet", "Attendance", "Booking", "CalendarFeed", "Closure", "Coming", "Cover", "Debrief", "DropIn",
    "FeedbackBatch", "FeedbackBox", "FollowUpOffer", "GroupSession", "Questionnaire", "Room", "VideoMeeting",
]  # fmt: skip
