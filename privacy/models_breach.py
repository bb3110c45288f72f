"""Breaches: what happened to information, whom it concerns, and what was done about it ([Privacy Act] rule 17)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from privacy.choices import DECIDERS, AffectedState, BreachData, BreachState, FoundBy
from psp.choices import Role
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User, new_reference
from psp.sight import sight_of

PLACE, WORDS, NOTICE = 200, 2000, 1500


class BreachQuerySet(models.QuerySet[Any]):
    def of_office(self, user: Any) -> BreachQuerySet:
        return self.all() if sight_of(user).has(Role.PRIVACY_OFFICER) else self.none()

    def to_approve(self, user: Any) -> BreachQuerySet:
        """Notices that somebody else prepared and that this account may approve."""
        waiting = self.filter(notices_prepared_by__isnull=False, notices_approved_by__isnull=True)
        may = sight_of(user).has(*DECIDERS)
        return waiting.exclude(notices_prepared_by=user.pk) if may else self.none()

    def open(self) -> BreachQuerySet:
        return self.exclude(state=BreachState.CLOSED)

    def to_report(self) -> BreachQuerySet:
        """Material ones whose report has not gone out."""
        return self.filter(state=BreachState.MATERIAL)


class Breach(SealedModel):
    """One breach, its words sealed under a key of its own: it concerns many, or nobody that is known yet.

    `report_due_on`: seven days after it was found to be material. `notice_en`, `notice_fr`: what the people concerned
    read in their space, prepared by one and approved by another before anybody is told.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True, default=new_reference, editable=False)
    state = models.CharField(max_length=12, choices=BreachState, default=BreachState.NOTED)
    happened_from = models.DateTimeField()
    happened_until = models.DateTimeField(null=True)
    discovered_at = models.DateTimeField()
    place = EncryptedTextField(person="id", max_length=PLACE)
    kinds = ArrayField(models.CharField(max_length=12, choices=BreachData))
    affected = models.PositiveIntegerField(null=True)
    what = EncryptedTextField(person="id", max_length=WORDS)
    measures = EncryptedTextField(person="id", max_length=WORDS, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    material_at = models.DateTimeField(null=True)
    report_due_on = models.DateField(null=True)
    reported_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    notice_en = EncryptedTextField(person="id", max_length=NOTICE, blank=True)
    notice_fr = EncryptedTextField(person="id", max_length=NOTICE, blank=True)
    notices_prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    notices_approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    notices_approved_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)

    objects = BreachQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["-discovered_at"]
        verbose_name = _("breach")
        verbose_name_plural = _("breaches")
        indexes: ClassVar = [
            models.Index(fields=["report_due_on"], condition=Q(state="material"), name="breach_to_report"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kinds__len__gt=0), name="breach_names_data"),
            models.CheckConstraint(
                condition=Q(happened_until__isnull=True) | Q(happened_until__gte=F("happened_from")),
                name="breach_ends_after_start",
            ),
            # A material breach has its clock, and no other has one (rule 17).
            models.CheckConstraint(
                condition=Q(material_at__isnull=True, report_due_on__isnull=True,
                            state__in=["noted", "minor", "closed"])
                | Q(material_at__isnull=False, report_due_on__isnull=False,
                    state__in=["material", "reported", "closed"]),
                name="breach_material_has_clock",
            ),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=False, material_at__isnull=False, state__in=["reported", "closed"])
                | (Q(reported_at__isnull=True) & ~Q(state="reported")
                   & ~Q(state="closed", material_at__isnull=False)),
                name="breach_material_is_reported",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) & ~Q(state="closed") | Q(closed_at__isnull=False, state="closed"),
                name="breach_closed_has_day",
            ),
            models.CheckConstraint(
                condition=Q(notices_approved_by__isnull=True, notices_approved_at__isnull=True)
                | (Q(notices_approved_by__isnull=False, notices_approved_at__isnull=False,
                     notices_prepared_by__isnull=False) & ~Q(notices_approved_by=F("notices_prepared_by"))),
                name="breach_notices_two_people",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference


class AffectedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> AffectedQuerySet:
        """The notices that this person has been sent."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(person_id=user.pk, notified_at__isnull=False)

    def confirmed(self) -> AffectedQuerySet:
        return self.filter(state=AffectedState.CONFIRMED)


class Affected(models.Model):
    """One person whom a breach may concern: found in the access log or by hand, then confirmed by hand."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    found_by = models.CharField(max_length=4, choices=FoundBy)
    found_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=AffectedState, default=AffectedState.FOUND)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    notified_at = models.DateTimeField(null=True)

    objects = AffectedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["found_at", "id"]
        verbose_name = _("person concerned by a breach")
        indexes: ClassVar = [models.Index(fields=["person"], name="affected_person")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["breach", "person"], name="affected_once"),
            models.CheckConstraint(condition=Q(found_by__in=FoundBy.values), name="affected_found_known"),
            models.CheckConstraint(
                condition=Q(state="found", decided_by__isnull=True)
                | Q(state__in=["confirmed", "left_out"], decided_by__isnull=False),
                name="affected_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(notified_at__isnull=True) | Q(state="confirmed"), name="affected_told_if_confirmed"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.id)
