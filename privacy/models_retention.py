"""Rules for how long records are kept, as data, and the disposals that follow from them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.choices import DECIDERS
from privacy.choices_retention import STANDING, BatchState, Clock, Disposal, ItemState, RecordType
from privacy.retention_rules import FLOOR_MONTHS, MOST_MONTHS, PAY_MONTHS, Terms
from psp.models import User, new_reference
from psp.sight import sight_of


class RuleQuerySet(models.QuerySet[Any]):
    def in_force(self, day: date | None = None) -> RuleQuerySet:
        """The newest published version of each record type whose day has come."""
        today = day or timezone.localdate()
        published = self.filter(published_at__isnull=False, valid_from__lte=today)
        return published.order_by("record_type", "-valid_from", "-number").distinct("record_type")


class RetentionRule(models.Model):
    """How long one kind of record is kept after its last use, in a version that never changes once published.

    Two years after the last administrative use are the law's floor; `ceiling_months` is the program's own promise.
    """

    record_type = models.CharField(_("kind of record"), max_length=12, choices=RecordType)
    number = models.PositiveSmallIntegerField(_("version"))
    clock = models.CharField(_("counted from"), max_length=8, choices=Clock)
    months = models.PositiveSmallIntegerField(_("kept for so many months"))
    ceiling_months = models.PositiveSmallIntegerField(_("gone after so many months at the latest"))
    action = models.CharField(_("what becomes of it"), max_length=12, choices=Disposal)
    valid_from = models.DateField(_("valid from"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["record_type", "-number"]
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record_type", "number"], name="retention_rule_once"),
            models.CheckConstraint(condition=Q(months__gte=FLOOR_MONTHS), name="retention_floor"),
            models.CheckConstraint(
                condition=Q(ceiling_months__gte=F("months"), ceiling_months__lte=MOST_MONTHS),
                name="retention_ceiling",
            ),
            # What each kind of record can come to; a whole file is counted from its own last administrative use.
            models.CheckConstraint(
                condition=Q(record_type=RecordType.FILE, clock=Clock.FILE, action=Disposal.DESTROY_KEY)
                | Q(record_type=RecordType.TEAM, clock=Clock.LEFT, action=Disposal.DESTROY_KEY)
                | Q(record_type=RecordType.MESSAGE, clock=Clock.RECORD, action=Disposal.ANONYMISE)
                | Q(
                    record_type__in=[RecordType.HISTORY, RecordType.ACCESS_LOG],
                    clock=Clock.RECORD,
                    action=Disposal.DELETE,
                )
                | Q(record_type=RecordType.PAY, clock=Clock.YEAR, action=Disposal.DELETE),
                name="retention_action_fits",
            ),
            models.CheckConstraint(
                condition=~Q(record_type=RecordType.PAY) | Q(months__gte=PAY_MONTHS),
                name="retention_pay_floor",
                violation_error_message=_("The law wants records of pay for six years: write 72 months or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_record_type_display()} {self.number}"

    @property
    def terms(self) -> Terms:
        return Terms(self.months, self.ceiling_months)


class StandingApproval(models.Model):
    """Two people agree that whatever this version of a rule proposes goes without asking again, until revoked."""

    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="approvals")
    first_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField(default=timezone.now)
    second_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("first_by")), name="standing_two_people"
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True, second_at__isnull=True)
                | Q(second_by__isnull=False, second_at__isnull=False),
                name="standing_second_whole",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="standing_revoked_whole",
            ),
            models.UniqueConstraint(fields=["rule"], condition=Q(revoked_at__isnull=True), name="standing_once"),
        ]

    def __str__(self) -> str:
        return str(self.rule_id)

    @property
    def whole(self) -> bool:
        """Whether both people gave it and nobody took it back."""
        return self.second_by_id is not None and self.revoked_at is None


class BatchQuerySet(models.QuerySet[Any]):
    def standing(self) -> BatchQuerySet:
        return self.filter(state__in=STANDING)

    def of_office(self, user: Any) -> BatchQuerySet:
        """Whoever may prepare or approve: privacy officers and administrators."""
        return self.all() if sight_of(user).has(*DECIDERS) else self.none()


class DisposalBatch(models.Model):
    """What one version of a rule found on one day, and who had it carried out: two people, always.

    Kept for good: it holds opaque ids, days and counts. `cutoff`: rows last used before it go (not for whole files,
    which are listed). `counts`: kind of row → how many went. `digest`: of the certificate, once it is done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True, default=new_reference, editable=False)
    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="batches")
    record_type = models.CharField(max_length=12, choices=RecordType)
    state = models.CharField(max_length=8, choices=BatchState, default=BatchState.PROPOSED)
    as_of = models.DateField()
    cutoff = models.DateTimeField()
    found = models.PositiveIntegerField(default=0)
    proposed_at = models.DateTimeField(default=timezone.now)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    standing = models.ForeignKey(StandingApproval, on_delete=models.PROTECT, null=True, related_name="batches")
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-proposed_at"]
        verbose_name = _("disposal")
        verbose_name_plural = _("disposals")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state_known"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")), name="batch_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "done"])
                | Q(
                    prepared_by__isnull=False,
                    prepared_at__isnull=False,
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                ),
                name="batch_approved_by_two",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["done", "dropped"]) & Q(ended_at__isnull=False))
                | (Q(state__in=["proposed", "prepared", "approved"]) & Q(ended_at__isnull=True)),
                name="batch_ended_has_its_time",
            ),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(digest=""), name="batch_done_has_certificate"),
            models.UniqueConstraint(
                fields=["record_type"], condition=Q(state__in=["proposed", "prepared", "approved"]),
                name="batch_one_standing",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference


class DisposalItem(models.Model):
    """One file in a disposal, by the opaque id of its account, which stays when the account's rows are gone."""

    batch = models.ForeignKey(DisposalBatch, on_delete=models.PROTECT, related_name="items")
    person = models.UUIDField()
    last_use = models.DateField()
    due_on = models.DateField()
    late_on = models.DateField()
    state = models.CharField(max_length=8, choices=ItemState, default=ItemState.WAITING)
    at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [models.Index(fields=["batch"], condition=Q(state="waiting"), name="disposal_item_waits")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "person"], name="disposal_item_once"),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="disposal_item_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", at__isnull=True) | (~Q(state="waiting") & Q(at__isnull=False)),
                name="disposal_item_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class DueForecast(models.Model):
    """How many records fall due in a month, as the last nightly run counted. Made anew every night."""

    record_type = models.CharField(max_length=12, choices=RecordType)
    month = models.DateField()
    count = models.PositiveIntegerField()
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["record_type", "month"], name="forecast_once")]

    def __str__(self) -> str:
        return f"{self.record_type} {self.month:%Y-%m}"
