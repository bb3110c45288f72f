"""Whose sessions a calendar shows, and whose address still leads somewhere."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from groups.choices import RUNNING, GroupKind, GroupState
from groups.models import GroupLead, Membership
from psp.choices import Role
from psp.models import RoleAssignment

LEADING = (Role.SUPPORTER, Role.CLINICIAN)
MEETS = models.Q(group__state__in=RUNNING)


def groups_of(user: Any) -> models.QuerySet[Any, Any]:
    """Ids of groups in which this account has a place that it knows of, or that it leads while it holds a role for it.

    One union: two conditions joined by "or" would have the database look at every session that there is.
    """
    places = Membership.objects.active_of(user)
    told = places.exclude(group__kind=GroupKind.FORMAL, group__state=GroupState.FORMING)
    led = leads_now().filter(user_id=user.pk)
    return told.order_by().values("group_id").union(led.order_by().values("group_id"))


def leads_now() -> models.QuerySet[Any, Any]:
    """Whoever leads a group and holds a role for it still."""
    roles = RoleAssignment.objects.filter(user_id=OuterRef("user_id"), role__in=LEADING)
    return GroupLead.objects.filter(Exists(roles))


class CalendarFeedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> CalendarFeedQuerySet:
        """One's own, and nobody else's."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()

    def leading_somewhere(self) -> CalendarFeedQuerySet:
        """Of accounts that are open."""
        return self.filter(person__is_active=True)

    def without_groups(self) -> CalendarFeedQuerySet:
        """Of people who have no place in any group and lead none that still meets."""
        places = Membership.objects.active().filter(participant__user_id=OuterRef("person_id"))
        leads = GroupLead.objects.filter(user_id=OuterRef("person_id"), user__roles__role__in=LEADING)
        return self.filter(~Exists(places.filter(MEETS)), ~Exists(leads.filter(MEETS)))
