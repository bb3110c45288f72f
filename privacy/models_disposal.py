"""What keeps a person's information from being destroyed, and how its destruction is decided and shown afterwards."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.choices import DECIDERS, ErasureCause, ErasureState, HoldKind
from psp.choices import Language, Role
from psp.models import REFERENCE_ALPHABET, User, new_reference
from psp.sight import sight_of


def certificate_number(request_id: uuid.UUID) -> str:
    """The number under which the person finds the certificate afterwards; known from the day of the request."""
    number = int.from_bytes(hashlib.sha256(b"certificate" + request_id.bytes).digest())
    letters = []
    for _position in range(8):
        number, index = divmod(number, len(REFERENCE_ALPHABET))
        letters.append(REFERENCE_ALPHABET[index])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


STANDING = (ErasureState.PREPARED, ErasureState.APPROVED)


class HoldQuerySet(models.QuerySet[Any]):
    def standing(self) -> HoldQuerySet:
        return self.filter(closed_at__isnull=True)

    def about(self, person: Any) -> HoldQuerySet:
        """Of one person: an account or its id."""
        return self.filter(person_id=getattr(person, "pk", person))

    def of_office(self, user: Any) -> HoldQuerySet:
        return self.all() if sight_of(user).has(Role.PRIVACY_OFFICER) else self.none()


class Hold(models.Model):
    """As long as it stands, nothing about `person` is destroyed ([Privacy Act] rule 15). A trigger judges.

    `matter`: the request or other record for whose sake it stands. It has no place for words.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=10, choices=HoldKind)
    matter = models.UUIDField(null=True)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["opened_at", "id"]
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes: ClassVar = [
            models.Index(fields=["person"], condition=Q(closed_at__isnull=True), name="hold_standing"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=HoldKind.values), name="hold_kind_known"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="hold_closed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "matter"], condition=Q(closed_at__isnull=True), name="hold_once",
                nulls_distinct=False,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.opened_at:%Y-%m-%d}"


class ErasureQuerySet(models.QuerySet[Any]):
    def standing(self) -> ErasureQuerySet:
        return self.filter(state__in=STANDING)

    def of_person(self, person: Any) -> ErasureQuerySet:
        """Of this account, also where it is another account of the same person."""
        key = getattr(person, "pk", person)
        return self.filter(Q(person=key) | Q(also__contains=[key]))

    def of_office(self, user: Any) -> ErasureQuerySet:
        """Whoever may prepare or approve: privacy officers and administrators."""
        return self.all() if sight_of(user).has(*DECIDERS) else self.none()


class Erasure(models.Model):
    """The destruction of what is held about one person: prepared by one, approved by another, then carried out.

    Outlives the person's rows, so it holds nothing but their opaque id, as the access log does. `also`: other
    accounts of the same person, whose files were merged. `reference` is the number of the certificate.
    `disposal_text`: the words under which the person agreed that it happens before the two years are over; without
    them `kept_until` says when those two years ended (rule 15). `counts`: kind of record → how many went.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.UUIDField()
    also = ArrayField(models.UUIDField(), default=list)
    reference = models.CharField(max_length=9, default=new_reference, editable=False)
    cause = models.CharField(max_length=10, choices=ErasureCause)
    state = models.CharField(max_length=10, choices=ErasureState, default=ErasureState.PREPARED)
    language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    disposal_text = models.TextField(blank=True)
    kept_until = models.DateTimeField(null=True)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Carried out once more after a restore, as the ledger says (`privacy.ledger`): only the tables' owner may.
    replayed_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-prepared_at"]
        verbose_name = _("deletion")
        verbose_name_plural = _("deletions")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cause__in=ErasureCause.values), name="erasure_cause_known"),
            models.CheckConstraint(condition=Q(state__in=ErasureState.values), name="erasure_state_known"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(prepared_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="erasure_two_people",
            ),
            models.CheckConstraint(
                condition=(Q(prepared_by__isnull=True) | ~Q(prepared_by=F("person")))
                & (Q(approved_by__isnull=True) | ~Q(approved_by=F("person"))),
                name="erasure_not_own",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "stopped"], prepared_by__isnull=False)
                | Q(prepared_by__isnull=False, approved_by__isnull=False, approved_at__isnull=False)
                | Q(replayed_at__isnull=False),
                name="erasure_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(disposal_text="") | Q(kept_until__isnull=False) | Q(replayed_at__isnull=False),
                name="erasure_agreed_or_due",
            ),
            # Nobody destroys anything before the two years are over unless the person agreed to it (rule 15).
            models.CheckConstraint(
                condition=~Q(disposal_text="") | Q(approved_at__isnull=True) | Q(approved_at__gte=F("kept_until")),
                name="erasure_after_the_floor",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "approved"], ended_at__isnull=True)
                | Q(state__in=["done", "stopped"], ended_at__isnull=False),
                name="erasure_ended_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["prepared", "approved"]), name="erasure_one_standing"
            ),
            # The person has known the number since they asked; it stays theirs when a first attempt was stopped.
            models.UniqueConstraint(fields=["reference"], condition=~Q(state="stopped"), name="erasure_number_once"),
        ]

    def __str__(self) -> str:
        return self.reference
