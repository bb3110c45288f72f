"""Eligibility as dated data, the people who ask for support, their applications and intake meetings.

Nothing here asks what happened: there is no field for it ([PIA] rule 3).
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from intake.choices import REASON_LABELS, ApplicationState, MeetingPlace, MeetingState, Modality, Service
from intake.models_booking import (
    BookingTerms,
    DayException,
    MeetingWish,
    ShortCall,
    TsTzRange,
    WeeklyHours,
    pause_of,
    place_of,
)
from intake.querysets import (
    ApplicationQuerySet,
    EligibilityVersionQuerySet,
    MeetingQuerySet,
    ParticipantQuerySet,
)
from intake.rules import EligibilityRules, from_json
from psp.choices import Language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import ProgramRegion, Region, User, new_reference

__all__ = [
    "Application", "BookingTerms", "DayException", "EligibilityVersion", "IneligibleTally", "IntakeMeeting",
    "KeepApart", "MeetingGuide", "MeetingNotes", "MeetingWish", "NameKey", "NameMatch", "Participant", "Preferences",
    "Referral", "ShortCall", "TsTzRange", "WaitingPlace", "WeeklyHours", "pause_of", "place_of",
]  # fmt: skip


class EligibilityVersion(models.Model):
    """The criteria as they stood from a date on ([PIA] rules 1 to 6); `content` as in psp/content/eligibility_v1.json.

    Frozen by a trigger once published: a decision keeps the version that made it.
    """

    number = models.PositiveSmallIntegerField(_("version"), unique=True)
    content = models.JSONField(_("criteria and wording"))
    valid_from = models.DateField(_("valid from"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    objects = EligibilityVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = _("eligibility version")
        verbose_name_plural = _("eligibility versions")

    def __str__(self) -> str:
        return str(self.number)

    @cached_property
    def rules(self) -> EligibilityRules:
        """The criteria as the pure rules know them; RulesError if the stored content cannot be read."""
        return from_json(self.content["rules"])

    @property
    def wording(self) -> dict[str, Any]:
        """Questions, hints, choices and reasons in both languages."""
        found: dict[str, Any] = self.content["wording"]
        return found


class Participant(models.Model):
    """Someone asking for or receiving support. The name and the address are with the account (`psp.User`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="participant")
    reference = models.CharField(max_length=9, unique=True, default=new_reference, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    program_region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, related_name="+")
    modalities = ArrayField(models.CharField(max_length=10, choices=Modality), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    # Another file of the same person, with which this one counts now (`intake.services_merge`).
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="others")
    # The person is erased: what is left stands behind a place in a group, as nobody's (`intake.erasing`).
    emptied_at = models.DateTimeField(null=True, editable=False)

    objects = ParticipantQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["created_at"]
        indexes: ClassVar = [models.Index(fields=["program_region", "created_at"], name="participant_region")]

    def __str__(self) -> str:
        return self.reference

    @property
    def person_id(self) -> uuid.UUID:
        """The account's id, by which the audit and the keys know the person."""
        return self.user_id


class Application(models.Model):
    """One request for admission, as it was sent. `answers` holds codes and yes/no only.

    `sent_key` comes with the form, so that a double click or a resend is the same application.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="applications")
    sent_key = models.UUIDField(unique=True, editable=False)
    version = models.ForeignKey(EligibilityVersion, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField()
    notice_version = models.PositiveSmallIntegerField()
    services = ArrayField(models.CharField(max_length=10, choices=Service))
    accepted_for = ArrayField(models.CharField(max_length=10, choices=Service), default=list)
    language = models.CharField(max_length=2, choices=Language)
    state = models.CharField(max_length=12, choices=ApplicationState, default=ApplicationState.SUBMITTED)
    submitted_at = models.DateTimeField(default=timezone.now)
    last_action_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decision_version = models.ForeignKey(EligibilityVersion, on_delete=models.PROTECT, null=True, related_name="+")
    decision_reasons = ArrayField(models.CharField(max_length=40, choices=REASON_LABELS), default=list)
    # Codes of the referral list: who was named to the person.
    referred_to = ArrayField(models.SlugField(max_length=40), default=list)
    look_again_on = models.DateField(null=True)
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    # The region on whose desk it lies: the file's, none while the file counts with another one. Kept so that a desk
    # counts without reading the files; triggers write it, and put right what is written here by hand.
    desk_region = models.ForeignKey(
        ProgramRegion, on_delete=models.PROTECT, null=True, editable=False, db_index=False, related_name="+"
    )

    objects = ApplicationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["desk_region"])

    class Meta:
        ordering: ClassVar = ["submitted_at"]
        indexes: ClassVar = [
            # What lies on a desk by state, counted and in order, without reading the files that it belongs to.
            models.Index(fields=["desk_region", "state", "submitted_at", "id"], name="application_desk"),
            # The list from its beginning, without sorting everything first.
            models.Index(fields=["submitted_at", "id"], name="application_in_order"),
            models.Index(fields=["participant", "submitted_at"], name="application_participant"),
            models.Index(
                fields=["desk_region", "last_action_at"],
                name="application_untouched",
                condition=Q(state__in=["submitted", "meeting_set"]),
            ),
            models.Index(fields=["look_again_on"], name="application_look_again", condition=Q(state="deferred")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ApplicationState.values), name="application_state_known"),
            models.UniqueConstraint(
                fields=["participant"], condition=Q(state__in=["submitted", "meeting_set"]), name="application_one_open"
            ),
            # A decision has its maker, its date and the version of the criteria ([PIA] rule 7).
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "deferred", "referred", "declined"])
                | Q(decided_at__isnull=False, decided_by__isnull=False, decision_version__isnull=False),
                name="application_decision_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(decision_reasons=[]), name="application_declined_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="deferred") | Q(look_again_on__isnull=False), name="application_deferred_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(state="referred") | ~Q(referred_to=[]), name="application_referred_names_whom"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.participant.user_id


class IntakeMeeting(SealedModel):
    """A virtual meeting with a coordinator before any first session ([PIA] rule 5).

    `blocked_until` is when the coordinator can meet somebody else; empty means at once. `revision` grows with every
    new time. `own_changes` counts how often the person moved it or took it back. `link` is a room for this meeting
    alone: a trigger empties it when the meeting is over or is somebody else's, and no history keeps it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="meetings")
    coordinator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)
    place = models.CharField(max_length=6, choices=MeetingPlace, default=MeetingPlace.VIDEO)
    revision = models.PositiveSmallIntegerField(default=0)
    own_changes = models.PositiveSmallIntegerField(default=0)
    set_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.SET)
    link = EncryptedTextField(_("video link"), person="coordinator_id", max_length=500, blank=True)

    objects = MeetingQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["link"])

    class Meta:
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
            models.CheckConstraint(
                condition=Q(blocked_until__isnull=True) | Q(blocked_until__gte=F("ends_at")),
                name="meeting_buffer_after",
            ),
            models.CheckConstraint(condition=Q(place__in=MeetingPlace.values), name="meeting_place_known"),
            models.UniqueConstraint(fields=["application"], condition=Q(state="set"), name="meeting_one_set"),
            ExclusionConstraint(
                name="meeting_coordinator_free",
                expressions=[
                    (TsTzRange("starts_at", Coalesce("blocked_until", "ends_at")), RangeOperators.OVERLAPS),
                    ("coordinator", RangeOperators.EQUAL),
                ],
                condition=Q(state="set"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    def give_time(self, starts_at: datetime, minutes: int) -> None:
        """Another time, with the pause that the coordinator wants after it. Saves nothing."""
        self.revision += not self._state.adding
        self.starts_at, self.ends_at = starts_at, starts_at + timedelta(minutes=minutes)
        self.blocked_until = self.ends_at + pause_of(self.coordinator)
        self.set_at = timezone.now()

    def give_to(self, coordinator: User) -> None:
        """To be held by this coordinator. The room of somebody else does not come along. Saves nothing."""
        if coordinator.pk != self.coordinator_id:
            self.link = ""
        self.coordinator = coordinator

    @property
    def person_id(self) -> uuid.UUID:
        return self.application.participant.user_id


class IneligibleTally(models.Model):
    """How often the form said "not yet" and why, by month: a count and nothing else ([PIA] rule 7)."""

    month = models.DateField()
    reason = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["month", "reason"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.reason}"


# Models of this app that have a file of their own.
from intake.models_apart import KeepApart, NameKey, NameMatch  # noqa: E402
from intake.models_decisions import Referral  # noqa: E402
from intake.models_desk import BulkAct, DifferentPeople, Merge  # noqa: E402, F401
from intake.models_drafts import AddressCode, Draft  # noqa: E402, F401
from intake.models_meeting import MeetingGuide, MeetingNotes  # noqa: E402
from intake.models_preferences import Preferences  # noqa: E402
from intake.models_waiting import WaitingPlace  # noqa: E402
