"""Who sees which groups."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone

from groups.choices import RUNNING, GroupKind, GroupState, MembershipState
from intake.querysets_waiting import ahead
from psp.sight import coordinated_regions


class PeerGroupQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> PeerGroupQuerySet:
        """Coordinators: groups of their regions. Leads: those they lead. Members: their own, a formal one once it
        is established.
        """
        if not user.is_authenticated:
            return self.none()
        member = Q(pk__in=self.model.memberships.rel.related_model.objects.active_of(user).values("group"))
        # People enrol in open groups by themselves, so they know of theirs from the first day.
        told = ~Q(state=GroupState.FORMING) | ~Q(kind=GroupKind.FORMAL)
        return self.filter(
            Q(program_region__in=coordinated_regions(user))
            | Q(pk__in=self.model.leads.rel.related_model.objects.filter(user_id=user.pk).values("group"))
            | (member & told)
        )

    def enrolling(self) -> PeerGroupQuerySet:
        """People may enrol by themselves now."""
        return self.filter(opened_at__isnull=False, state__in=RUNNING)

    def in_regions_of(self, user: Any) -> PeerGroupQuerySet:
        return self.filter(program_region__in=coordinated_regions(user))

    def led_by(self, user: Any) -> PeerGroupQuerySet:
        return self.filter(leads__user_id=user.pk)

    def with_counts(self) -> PeerGroupQuerySet:
        """Adds `members`: how many are in the group now."""
        active = Q(memberships__state=MembershipState.MEMBER)
        counted: PeerGroupQuerySet = self.annotate(members=Count("memberships", filter=active))
        return counted


def waiting_for_place(people: models.QuerySet[Any], kind: str, today: date | None = None) -> models.QuerySet[Any]:
    """Those of `people` who are on the waiting list for this kind, in its order: priorities, then waiting time.

    Adds `waiting_since`, when the accepted application was sent, and `ahead` (0 with a priority).
    """
    waiting: models.QuerySet[Any] = people.waiting_for(kind, today)  # type: ignore[attr-defined]
    dated: models.QuerySet[Any] = waiting.annotate(
        waiting_since=F("waiting_places__since"), ahead=ahead(today or timezone.localdate(), "waiting_places__")
    )
    return dated.order_by("ahead", "waiting_since", "pk")


class MembershipQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> MembershipQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(participant__user_id=user.pk)
            | Q(group__program_region__in=coordinated_regions(user))
            | Q(group__leads__user_id=user.pk)
        ).distinct()

    def active(self) -> MembershipQuerySet:
        return self.filter(state=MembershipState.MEMBER)

    def active_of(self, user: Any) -> MembershipQuerySet:
        return self.active().filter(participant__user_id=user.pk)
