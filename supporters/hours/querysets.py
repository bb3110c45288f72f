"""Whose hours, leave and accommodation somebody sees: their own, and those of whom they supervise."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from psp.choices import Role
from psp.sight import sight_of
from supporters.hours.choices import OPEN_HOURS, STANDING_LEAVE, HoursState, LeaveState, NeedState


def looked_after_by(user: Any) -> Q:
    """Rows of people whom this supervisor supervises now; and, so that nobody's pay waits, of those whom nobody does.

    Never their own: nobody decides about themselves.
    """
    if not sight_of(user).has(Role.SUPERVISOR):
        return Q(pk__in=[])
    from supporters.supervision.models import Pairing

    now = Pairing.objects.current().filter(user=OuterRef("user"))
    return (Exists(now.filter(supervisor=user.pk)) | ~Exists(now)) & ~Q(user=user.pk)


def _acts(user: Any) -> bool:
    """Whether this account may do anything at all."""
    return bool(sight_of(user).grants)


class OfTheTwoQuerySet(models.QuerySet[Any]):
    """Seen by the person and by whoever looks after them, and by nobody else."""

    def visible_to(self, user: Any) -> Any:
        return self.filter(Q(user=user.pk) | looked_after_by(user)) if _acts(user) else self.none()

    def of_own(self, user: Any) -> Any:
        return self.filter(user=user.pk) if user.is_authenticated else self.none()

    def looked_after(self, user: Any) -> Any:
        """Of the others whom this account supervises, or whom nobody does."""
        return self.filter(looked_after_by(user))


class HoursQuerySet(OfTheTwoQuerySet):
    def between(self, first: date, last: date) -> Any:
        return self.filter(day__gte=first, day__lte=last)

    def open(self) -> Any:
        return self.filter(state__in=OPEN_HOURS)

    def submitted(self) -> Any:
        return self.filter(state=HoursState.SUBMITTED)

    def to_export(self, last: date) -> Any:
        """Approved, worked by that day, in no export yet: late ones and corrections of earlier periods too."""
        return self.filter(state=HoursState.APPROVED, day__lte=last)


class LeaveQuerySet(OfTheTwoQuerySet):
    def standing(self) -> Any:
        """Asked for or confirmed."""
        return self.filter(state__in=STANDING_LEAVE)

    def confirmed(self) -> Any:
        return self.filter(state=LeaveState.CONFIRMED)

    def of(self, accounts: Collection[UUID], first: date, last: date) -> Any:
        """Confirmed leave that touches one of the days."""
        return self.confirmed().filter(user__in=accounts, first_day__lte=last, last_day__gte=first)


class AccommodationQuerySet(OfTheTwoQuerySet):
    """Of the two who agree on it: here no other supervisor stands in."""

    def visible_to(self, user: Any) -> Any:
        return (
            self.filter(Q(user=user.pk) | Q(pk__in=self.looked_after(user).values("pk")))
            if _acts(user)
            else self.none()
        )

    def looked_after(self, user: Any) -> Any:
        paired = Q(user__supervised_by__supervisor=user.pk, user__supervised_by__ended_on__isnull=True)
        return self.filter(paired).exclude(user=user.pk) if sight_of(user).has(Role.SUPERVISOR) else self.none()

    def standing(self) -> Any:
        return self.exclude(state=NeedState.ENDED)
