"""What leaves for pay, and what an hour is paid by role.

No role of the program is that of finance: administrators make the file, and a second person agrees to it before it
exists ([security] 31), as with every other export of people.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.choices import Language, Role
from psp.models import User


class DateRange(Func):
    """Days from the first to the last, both included."""

    function = "DATERANGE"
    output_field = DateRangeField()


def days(first: str, last: str) -> DateRange:
    return DateRange(F(first), F(last), RangeBoundary(inclusive_lower=True, inclusive_upper=True))


class PayExport(models.Model):
    """The hours of one pay period as a file. From the second person's agreement on it never changes.

    `digest`: SHA-256 of the file's bytes, so that it can be made again alike, and be seen to be alike. `language`:
    that of its headings.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_day = models.DateField()
    last_day = models.DateField()
    language = models.CharField(max_length=2, choices=Language)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["-first_day"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="pay_export_days_in_order"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True, digest="")
                | (Q(approved_by__isnull=False, approved_at__isnull=False, digest__regex=r"^[0-9a-f]{64}$")
                   & ~Q(approved_by=F("asked_by"))),
                name="pay_export_two_people",
            ),
            # No day is handed over in two files.
            ExclusionConstraint(
                name="pay_export_days_once", expressions=[(days("first_day", "last_day"), RangeOperators.OVERLAPS)]
            ),
            models.UniqueConstraint(
                Value(1), condition=Q(approved_by__isnull=True), name="pay_export_one_at_a_time"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.id)


class PayExportPerson(models.Model):
    """How one person is called in one file: kept, so that the file can be made again after an account was renamed.

    `key_until`: the day on which the name goes, of somebody who was erased. Without an export: of somebody who was
    erased before their approved hours were handed to pay; the next file takes it over (`supporters.hours.pay_names`).
    """

    export = models.ForeignKey(PayExport, on_delete=models.CASCADE, null=True, related_name="people")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, blank=True)
    key_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["export", "user"], name="pay_export_person_once"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(export__isnull=True), name="pay_export_person_owed_once"
            ),
            models.CheckConstraint(
                condition=Q(export__isnull=False, key_until__isnull=True) | ~Q(key=""),
                name="pay_export_person_name_while_needed",
            ),
            models.CheckConstraint(
                condition=Q(export__isnull=False) | Q(key_until__isnull=True), name="pay_export_person_owed_has_no_end"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


class PayRate(models.Model):
    """What an hour in a role is paid from a day on, in cents. Everybody in the role is paid the same."""

    role = models.CharField(
        _("role"), max_length=16,
        choices=[(role.value, role.label) for role in (Role.SUPPORTER, Role.CLINICIAN, Role.COORDINATOR)],
    )  # fmt: skip
    cents = models.PositiveIntegerField(_("cents for an hour"))
    from_day = models.DateField(_("from this day on"))

    class Meta:
        ordering: ClassVar = ["role", "-from_day"]
        verbose_name = _("rate of pay")
        verbose_name_plural = _("rates of pay")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "from_day"], name="pay_rate_once"),
            models.CheckConstraint(condition=Q(cents__range=(1, 100_000)), name="pay_rate_sensible"),
            models.CheckConstraint(
                condition=Q(role__in=[Role.SUPPORTER, Role.CLINICIAN, Role.COORDINATOR]), name="pay_rate_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.from_day}"
