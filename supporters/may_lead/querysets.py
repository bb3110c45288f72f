"""Who sees that somebody leads soon and may not: whoever supervises them, and coordinators only later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from psp.choices import Role
from psp.sight import sight_of

# A session so near that coordinators hear of it at once.
NEAR = timedelta(days=2)


class LeadConcernQuerySet(models.QuerySet[Any]):
    def standing(self) -> LeadConcernQuerySet:
        return self.filter(settled_at__isnull=True)

    def visible_to(self, user: Any) -> LeadConcernQuerySet:
        """Supervisors: of those whom they supervise, and of whoever has nobody. Nobody else, whatever they lead."""
        if not sight_of(user).has(Role.SUPERVISOR):
            return self.none()
        pairing = self.model.user.field.related_model.supervised_by.rel.related_model
        paired = pairing.objects.current()
        mine = Q(user__in=paired.filter(supervisor_id=user.pk).values("user"))
        return self.filter(mine | ~Q(user__in=paired.values("user"))).exclude(user_id=user.pk)

    def after_support(self, now: datetime, today: date, days: int) -> LeadConcernQuerySet:
        """Those that coordinators may know of: the supervisor had so many days, or the session is near."""
        waited = Q(found_at__lte=now - timedelta(days=days))
        return self.standing().filter(waited | Q(first_day__lte=today + NEAR))
