"""Who sees what of supervision: the two, and nobody else. The words for asking."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from psp.choices import Kind, Role
from psp.models import RoleAssignment
from psp.sight import sight_of
from supporters.supervision.choices import TALK_OPEN, TalkState


def supervises_now(account: str) -> Exists:
    """Whether the account in this column is open and still has the role; never a participant's."""
    rows = RoleAssignment.objects.filter(user_id=OuterRef(account), user__is_active=True, role=Role.SUPERVISOR)
    # Said so that the index of all other accounts is enough.
    return Exists(rows.exclude(user__kind=Kind.PARTICIPANT))


class PairingQuerySet(models.QuerySet[Any]):
    def standing(self) -> PairingQuerySet:
        return self.filter(ended_on__isnull=True)

    def current(self) -> PairingQuerySet:
        """Standing, with somebody who still supervises: whose supervisor left has nobody."""
        return self.standing().filter(supervises_now("supervisor_id"))

    def visible_to(self, user: Any) -> PairingQuerySet:
        """One's own; and for a supervisor those whom they supervise now."""
        if not user.is_authenticated:
            return self.none()
        mine = Q(user_id=user.pk)
        if sight_of(user).has(Role.SUPERVISOR):
            mine |= Q(supervisor_id=user.pk, ended_on__isnull=True)
        return self.filter(mine)


def people_of(supervisor: Any) -> models.QuerySet[Any]:
    """Ids of the accounts that somebody supervises now; none for whoever has not the role (any more)."""
    rows: Any = apps.get_model("supporters", "Pairing")._default_manager
    if not sight_of(supervisor).has(Role.SUPERVISOR):
        found: models.QuerySet[Any] = rows.none().values("user")
    else:
        found = rows.standing().filter(supervisor_id=supervisor.pk).values("user")
    return found


class OfTwoQuerySet(models.QuerySet[Any]):
    """Rows of `user` and `supervisor` that somebody later reads only if `user` has shown it to them."""

    def visible_to(self, reader: Any) -> OfTwoQuerySet:
        """The supporter; and the supervisor who wrote it, or to whom the supporter has shown it, as long as they are
        at their side. Nobody else, whatever their role."""
        if not reader.is_authenticated:
            return self.none()
        theirs = Q(supervisor_id=reader.pk) | Q(shared_with_id=reader.pk)
        return self.filter(Q(user_id=reader.pk) | theirs & Q(user__in=people_of(reader)))


class MeetingQuerySet(OfTwoQuerySet):
    """What two agreed on when they met."""


class PlanQuerySet(OfTwoQuerySet):
    def standing(self) -> PlanQuerySet:
        return self.filter(ended_on__isnull=True)

    def to_look_at(self, today: date) -> PlanQuerySet:
        """Whose day to look again has come, or that are over by their date: nothing ends without a word between two."""
        return self.standing().filter(Q(look_on__lte=today) | Q(until_on__lt=today))


class NextQuerySet(models.QuerySet[Any]):
    def visible_to(self, reader: Any) -> NextQuerySet:
        if not reader.is_authenticated:
            return self.none()
        return self.filter(Q(user_id=reader.pk) | Q(supervisor_id=reader.pk, user__in=people_of(reader)))


class DoorQuerySet(models.QuerySet[Any]):
    def open_at(self, now: datetime) -> DoorQuerySet:
        return self.filter(supervises_now("user_id"), until__gt=now)


class TalkQuerySet(models.QuerySet[Any]):
    def unsettled(self) -> TalkQuerySet:
        return self.filter(state__in=TALK_OPEN)

    def visible_to(self, reader: Any) -> TalkQuerySet:
        """Whoever asked; the supervisor whom they asked or who took it; all supervisors where it went to all."""
        if not reader.is_authenticated:
            return self.none()
        mine = Q(user_id=reader.pk)
        if sight_of(reader).has(Role.SUPERVISOR):
            to_all = Q(everybody_at__isnull=False, state__in=TALK_OPEN)
            asked = Q(asked_id=reader.pk, state=TalkState.ASKED)
            mine |= Q(taken_by_id=reader.pk) | asked | to_all
        return self.filter(mine)

    def waiting_for(self, supervisor: Any) -> TalkQuerySet:
        """What this supervisor can take, or has taken and not ended; never what they asked for themselves."""
        free = Q(taken_by__isnull=True) | Q(taken_by_id=supervisor.pk)
        return self.visible_to(supervisor).unsettled().filter(free).exclude(user_id=supervisor.pk)


class WishQuerySet(models.QuerySet[Any]):
    def visible_to(self, reader: Any) -> WishQuerySet:
        """Whoever wishes it; the supervisor whom they chose, or all others where they did not, or whom they chose
        supervises no more. Never the supervisor whom they have: that one is told when the pairing has ended, and
        nothing before."""
        if not reader.is_authenticated:
            return self.none()
        mine = Q(user_id=reader.pk)
        if sight_of(reader).has(Role.SUPERVISOR):
            open_to_all = Q(wished__isnull=True) | ~Q(supervises_now("wished_id"))
            mine |= (Q(wished_id=reader.pk) | open_to_all) & ~Q(user__in=people_of(reader))
        return self.filter(mine)
