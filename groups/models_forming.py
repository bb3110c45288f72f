"""Groups that are being thought of: the pool, the searches of the engine, and the arrangement people make of them.

Nothing here gives anybody a place. Places come from invitations that were accepted. A forming that was sent or
dropped is removed after a while (`groups.retention`). Pairs who must not meet are never written down here.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.choices import FormingState, GroupKind, LeadRole, RunState
from groups.querysets_forming import FormingQuerySet
from intake.choices import Composition, Modality
from intake.models import Participant
from intake.models_preferences import WeekIsWellFormed
from psp.choices import Language
from psp.models import ProgramRegion, Region, User


class Forming(models.Model):
    """A piece of work on the desk: for whom groups are formed, with which rules, and how far it is.

    `program_regions` are among those of its author at that time. `times`: minutes since Monday 00:00 on the wall in
    `time_zone` at which a session may begin. `starts_after`: the series begins in the week after this day.
    `revision` counts every change of the arrangement.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=GroupKind, default=GroupKind.FORMAL)
    program_regions = ArrayField(models.CharField(max_length=8), default=list)
    languages = ArrayField(models.CharField(max_length=2, choices=Language), default=list)
    modalities = ArrayField(models.CharField(max_length=10, choices=Modality), default=list)
    starts_after = models.DateField()
    time_zone = models.CharField(max_length=40)
    times = ArrayField(models.PositiveSmallIntegerField(), default=list)
    min_size = models.PositiveSmallIntegerField()
    max_size = models.PositiveSmallIntegerField()
    facilitators = models.PositiveSmallIntegerField(default=1)
    session_count = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    weeks_apart = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, choices=FormingState, default=FormingState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = FormingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-changed_at"]
        indexes: ClassVar = [models.Index(fields=["state", "changed_at"], name="forming_state_changed")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=FormingState.values), name="forming_state_known"),
            models.CheckConstraint(condition=Q(kind__in=GroupKind.values), name="forming_kind_known"),
            models.CheckConstraint(condition=Q(max_size__gte=F("min_size")), name="forming_sizes_in_order"),
            models.CheckConstraint(condition=~Q(kind="formal") | Q(max_size__lte=10), name="forming_formal_at_most_10"),
            # A piece of work of no region would be everybody's (`FormingQuerySet.visible_to`).
            models.CheckConstraint(condition=~Q(program_regions=[]), name="forming_of_some_region"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class FormingRun(models.Model):
    """One search of the engine. `aim`, `reached` and `bound` tell how far it is; `beat_at` that its worker lives.

    `change`: what is tried (`groups.formation_whatif.Change` as JSON: codes and numbers only); empty for the search
    whose answer becomes the arrangement. `result`: figures only, never who.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    forming = models.ForeignKey(Forming, on_delete=models.CASCADE, related_name="runs")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=9, choices=RunState, default=RunState.WAITING)
    change = models.JSONField(default=dict)
    aim = models.CharField(max_length=14, blank=True, default="")
    reached = models.PositiveIntegerField(default=0)
    bound = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    stop_asked = models.BooleanField(default=False)
    result = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="forming_run_state_known"),
            models.UniqueConstraint(
                fields=["forming"], condition=Q(state__in=["waiting", "running"]), name="forming_one_run_at_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class FormingGroup(models.Model):
    """A group as it is thought of. `starts_at` is the first session; the rest follows from the forming's numbers.

    `pinned`: a new search keeps it as it is. `made`: the group that came of it when invitations were sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    forming = models.ForeignKey(Forming, on_delete=models.CASCADE, related_name="groups")
    number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    language = models.CharField(max_length=2, choices=Language)
    modality = models.CharField(max_length=10, choices=Modality)
    # In person: the province or territory where the group meets. By video: none.
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    composition = models.CharField(max_length=10, choices=Composition, default=Composition.ANY)
    pinned = models.BooleanField(default=False)
    made = models.OneToOneField("groups.PeerGroup", on_delete=models.SET_NULL, null=True, related_name="thought_of")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forming", "number"], name="forming_group_number_once"),
            models.CheckConstraint(
                condition=Q(modality="in_person", region__isnull=False) | Q(modality="virtual", region__isnull=True),
                name="forming_group_one_region_in_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class FormingPlace(models.Model):
    """Somebody of the pool: in one of the groups, in none of them, or left out of the search by hand.

    `reason`: why in none, as a code of the contract; `lack`: what would make a group
    (`groups.formation_reasons.Lack` as JSON). `pinned`: a new search keeps the person in that group.
    """

    forming = models.ForeignKey(Forming, on_delete=models.CASCADE, related_name="places")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(FormingGroup, on_delete=models.SET_NULL, null=True, related_name="places")
    excluded = models.BooleanField(default=False)
    pinned = models.BooleanField(default=False)
    waiting_since = models.DateTimeField()
    reason = models.CharField(max_length=16, blank=True, default="")
    lack = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["waiting_since", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forming", "participant"], name="forming_person_once"),
            models.CheckConstraint(
                condition=~Q(excluded=True) | Q(group__isnull=True), name="forming_excluded_in_no_group"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def person_id(self) -> uuid.UUID:
        return self.participant.user_id


class FormingLead(models.Model):
    """Who would lead a group that is thought of."""

    group = models.ForeignKey(FormingGroup, on_delete=models.CASCADE, related_name="leads")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=12, choices=LeadRole, default=LeadRole.FACILITATOR)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["group", "user"], name="forming_lead_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class LeadProfile(models.Model):
    """How and when somebody who leads can do so: said by themselves, on their own pages, and changed at any time.

    `availability` as `intake.models.Preferences`, on the clock of the account's time zone. An empty list of times
    means not said, so nothing is proposed. `paused`: proposed for nothing; no reason, and no field for one.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="lead_profile")
    program_region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    languages = ArrayField(models.CharField(max_length=2, choices=Language), default=list)
    modalities = ArrayField(models.CharField(max_length=10, choices=Modality), default=list)
    availability = models.JSONField(default=list)
    max_groups = models.PositiveSmallIntegerField(default=1)
    paused = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(languages__contained_by=Language.values), name="lead_languages_known"),
            models.CheckConstraint(condition=Q(modalities__contained_by=Modality.values), name="lead_modalities_known"),
            models.CheckConstraint(condition=Q(max_groups__lte=10), name="lead_at_most_10_groups"),
            models.CheckConstraint(condition=WeekIsWellFormed("availability"), name="lead_week_well_formed"),
            # In person somebody leads in one province.
            models.CheckConstraint(
                condition=~Q(modalities__contains=["in_person"]) | Q(region__isnull=False),
                name="lead_in_person_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user_id)
