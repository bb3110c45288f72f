"""Who sees whom in the network: those who are in it see each other, and nobody else sees that it has anybody in it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from psp.choices import Role
from psp.sight import sight_of
from supporters.choices import SupporterState
from supporters.network.choices import ResourceState, TouchState

# How long a wish to be put in touch waits for an answer, and stands without one.
ASKED_FOR = timedelta(days=30)


class EntryQuerySet(models.QuerySet[Any]):
    def shown(self) -> EntryQuerySet:
        """Of people who lead now: whoever pauses or ends their role is gone from it at that moment."""
        from supporters.wellbeing.models_pause import Pause

        pausing = Pause.objects.filter(user=OuterRef("user"), ended_at__isnull=True)
        return self.filter(
            ~Exists(pausing), user__is_active=True, user__supporter__state=SupporterState.ACTIVE,
            user__roles__role=Role.SUPPORTER,
        ).distinct()  # fmt: skip

    def visible_to(self, user: Any) -> EntryQuerySet:
        """One's own; and everybody's who is shown, for whoever is shown too. Never to staff, whatever their role."""
        if not user.is_authenticated:
            return self.none()
        mine = self.filter(user=user)
        if not sight_of(user).has(Role.SUPPORTER) or not self.model.objects.shown().filter(user=user).exists():
            return mine
        return self.filter(Q(user=user) | Q(pk__in=self.model.objects.shown().values("pk")))


class TouchQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> TouchQuerySet:
        """The two, and nobody else."""
        return self.filter(Q(asker=user) | Q(asked=user)) if user.is_authenticated else self.none()

    def waiting_for(self, user: Any, now: datetime) -> TouchQuerySet:
        """Wishes that this person has not answered, of people who are still there."""
        from supporters.network.models import DirectoryEntry

        there = DirectoryEntry.objects.shown().values("user")
        return self.filter(asked=user, state=TouchState.ASKED, asked_at__gt=now - ASKED_FOR, asker__in=there)

    def unanswered(self, user: Any, now: datetime) -> TouchQuerySet:
        """What this person asked. A "not now" looks as no answer does."""
        standing = (TouchState.ASKED, TouchState.DECLINED)
        return self.filter(asker=user, state__in=standing, asked_at__gt=now - ASKED_FOR)

    def in_touch(self, user: Any) -> TouchQuerySet:
        return self.visible_to(user).filter(state=TouchState.AGREED)


class EventQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> EventQuerySet:
        """Those who lead, and supervisors, who make them."""
        return self if sight_of(user).has(Role.SUPPORTER, Role.SUPERVISOR) else self.none()

    def coming(self, now: datetime) -> EventQuerySet:
        return self.filter(ends_at__gte=now, cancelled_at__isnull=True).order_by("starts_at", "pk")


class ResourceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ResourceQuerySet:
        """The library for those who lead; suggestions and what was taken out for supervisors."""
        sight = sight_of(user)
        if sight.has(Role.SUPERVISOR):
            return self
        return self.listed() if sight.has(Role.SUPPORTER, Role.CLINICIAN) else self.none()

    def listed(self) -> ResourceQuerySet:
        return self.filter(state=ResourceState.LISTED)

    def to_look_at(self, today: date) -> ResourceQuerySet:
        """Suggested; or in the library, and over its date or said not to work."""
        over = Q(state=ResourceState.LISTED) & (Q(review_on__lte=today) | Q(broken_since__isnull=False))
        return self.filter(Q(state=ResourceState.SUGGESTED) | over)
