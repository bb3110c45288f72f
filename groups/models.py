"""Groups, who belongs to them and who leads them. Triggers keep size and closure true for every writer."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from groups.choices import GroupKind, GroupState, LeadRole, MembershipState
from groups.querysets import MembershipQuerySet, PeerGroupQuerySet
from intake.choices import Composition, Modality, NeedCode
from intake.models import Participant
from psp.bilingual import in_language
from psp.choices import Language
from psp.models import ProgramRegion, Region, User


class KindSetting(models.Model):
    """Sizes, counts and lengths of a kind of group, with the program's defaults ([PIA] rule 12)."""

    kind = models.CharField(_("kind"), max_length=10, choices=GroupKind, primary_key=True)
    min_size = models.PositiveSmallIntegerField(_("smallest size"))
    max_size = models.PositiveSmallIntegerField(_("largest size"))
    session_count = models.PositiveSmallIntegerField(_("number of sessions"))
    minutes = models.PositiveSmallIntegerField(_("length of a session (minutes)"))
    weeks_apart = models.PositiveSmallIntegerField(_("weeks between sessions"), default=1)
    facilitators = models.PositiveSmallIntegerField(_("facilitators needed"), default=1)
    answer_days = models.PositiveSmallIntegerField(_("days to answer an invitation"), default=7)
    remind_days = models.PositiveSmallIntegerField(_("days before the end of that time for a reminder"), default=2)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("group setting")
        verbose_name_plural = _("group settings")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(max_size__gte=F("min_size")), name="kind_sizes_in_order"),
            models.CheckConstraint(condition=Q(answer_days__range=(1, 60)), name="kind_answer_days_sensible"),
            models.CheckConstraint(condition=Q(remind_days__lt=F("answer_days")), name="kind_reminds_within"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class PeerGroup(models.Model):
    """A group with the sizes and counts that held when it was made. `starts_on` and `start_time` are wall clock
    in `time_zone`; `region` is the province whose statutory holidays are skipped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=GroupKind)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_fr = models.CharField(_("name in French"), max_length=80)
    program_region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, related_name="groups")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    modality = models.CharField(max_length=10, choices=Modality, default=Modality.VIRTUAL)
    state = models.CharField(max_length=12, choices=GroupState, default=GroupState.FORMING)
    min_size = models.PositiveSmallIntegerField()
    max_size = models.PositiveSmallIntegerField()
    session_count = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    weeks_apart = models.PositiveSmallIntegerField(default=1)
    facilitators = models.PositiveSmallIntegerField(default=1)
    composition = models.CharField(max_length=10, choices=Composition, default=Composition.ANY)
    time_zone = models.CharField(max_length=40)
    starts_on = models.DateField(_("first session on"))
    start_time = models.TimeField(_("time"))
    established_at = models.DateTimeField(null=True)
    # Informal groups and activities: people may enrol by themselves from then on.
    opened_at = models.DateTimeField(null=True)
    # People are asked for each session whether they come. Nobody has to answer.
    asks_who_comes = models.BooleanField(_("ask who comes"), default=False)
    link = models.URLField(_("video link"), max_length=500, blank=True, default="")
    address = models.CharField(_("address and how to get in"), max_length=300, blank=True, default="")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    objects = PeerGroupQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["program_region", "state"], name="group_region_state")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=GroupKind.values), name="group_kind_known"),
            models.CheckConstraint(condition=Q(state__in=GroupState.values), name="group_state_known"),
            models.CheckConstraint(condition=Q(max_size__gte=F("min_size")), name="group_sizes_in_order"),
            # "At most 10" holds whatever the settings say ([PIA] rule 8).
            models.CheckConstraint(condition=~Q(kind="formal") | Q(max_size__lte=10), name="group_formal_at_most_10"),
            # Nobody enrols in a formal group: the program forms it.
            models.CheckConstraint(
                condition=~Q(kind="formal") | Q(opened_at__isnull=True), name="group_formal_not_opened"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")


class Membership(models.Model):
    """A place in a group. Leaving needs no reason, and there is no field for one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(PeerGroup, on_delete=models.PROTECT, related_name="memberships")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="memberships")
    state = models.CharField(max_length=8, choices=MembershipState, default=MembershipState.MEMBER)
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True)
    # What the person wants those who lead to know, as codes; nothing unless they said so for this group.
    shared_needs = ArrayField(models.CharField(max_length=10, choices=NeedCode), default=list, blank=True)

    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["joined_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "participant"], name="membership_once"),
            models.CheckConstraint(condition=Q(state__in=MembershipState.values), name="membership_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.participant.user_id


class GroupLead(models.Model):
    """Who leads a group: a facilitator with lived experience, and perhaps a clinician beside them."""

    group = models.ForeignKey(PeerGroup, on_delete=models.PROTECT, related_name="leads")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leads")
    role = models.CharField(max_length=12, choices=LeadRole)

    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["group", "user"], name="lead_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"


# Models of this app that have a file of their own.
from groups.models_conflicts import ConflictCare  # noqa: E402
from groups.models_forming import Forming, FormingGroup, FormingLead, FormingPlace, FormingRun, LeadProfile  # noqa: E402
from groups.models_inviting import Invitation, QueuePlace  # noqa: E402

__all__ = [
    "ConflictCare", "Forming", "FormingGroup", "FormingLead", "FormingPlace", "FormingRun", "GroupLead", "Invitation",
    "KindSetting", "LeadProfile", "Membership", "PeerGroup", "QueuePlace",
]  # fmt: skip
