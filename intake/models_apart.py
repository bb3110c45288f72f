"""Who must never be put together ([NH] rule 24): known to coordinators of the region and to nobody else."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from intake.choices import ApartEndReason, MatchState
from intake.names import Closeness
from intake.querysets_apart import KeepApartQuerySet, NameMatchQuerySet
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import ProgramRegion, User

CLOSENESS = [(one.value, one.value) for one in Closeness]


class KeepApart(SealedModel):
    """`person` must not meet `other`: a participant or someone who leads. A name alone while nobody here has it.

    There is no field for why. Ended ones are kept, for the history.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name = EncryptedTextField(person="person_id", max_length=120, blank=True)
    program_region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, related_name="+")
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=12, choices=ApartEndReason, blank=True, default="")

    objects = KeepApartQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["noted_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["person"], name="keep_apart_person"),
            models.Index(fields=["other"], name="keep_apart_other", condition=Q(other__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(other__isnull=True) | ~Q(other=F("person")), name="keep_apart_not_self"),
            models.UniqueConstraint(
                fields=["person", "other"], condition=Q(ended_at__isnull=True), name="keep_apart_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
                name="keep_apart_end_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class NameKey(models.Model):
    """Keyed digest of one form of a name: of an account, or of a name that was noted. Tells nothing without the key.

    `of`: the account's `name_index` when this was made, so that a new name is noticed.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    apart = models.ForeignKey(KeepApart, on_delete=models.CASCADE, null=True, related_name="keys")
    form = models.CharField(max_length=5, choices=CLOSENESS)
    digest = models.CharField(max_length=64, db_index=True)
    of = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, apart__isnull=False) | Q(user__isnull=False, apart__isnull=True),
                name="name_key_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.pk}"


class NameMatch(models.Model):
    """A noted name that may be this account's. Proposed by the program, decided by a coordinator."""

    apart = models.ForeignKey(KeepApart, on_delete=models.CASCADE, related_name="matches")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    closeness = models.CharField(max_length=5, choices=CLOSENESS)
    state = models.CharField(max_length=5, choices=MatchState, default=MatchState.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(default=timezone.now)

    objects = NameMatchQuerySet.as_manager()

    class Meta:
        # Exact ones first: "exact" comes after "close" in the alphabet.
        ordering: ClassVar = ["-closeness", "found_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["apart", "user"], name="name_match_once"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True)
                | (~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="name_match_decided_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.closeness} {self.pk}"
