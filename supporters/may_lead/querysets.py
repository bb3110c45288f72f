"""Who sees that somebody leads soon and may not: whoever supervises them, and coordinators only later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Value

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

    def after_support(self, now: datetime, near: date) -> LeadConcernQuerySet:
        """Those that coordinators may know of: the supervisor had the days that the settings give (`CareSetting`), or
        the first day is not after `near`."""
        from supporters.models import CareSetting

        days = ExpressionWrapper(
            F("support_first_days") * Value(timedelta(days=1), DurationField()), output_field=DurationField()
        )
        until = ExpressionWrapper(OuterRef("found_at") + days, output_field=DateTimeField())
        waited = CareSetting.objects.filter(pk=1).annotate(until=until).filter(until__lte=now)
        return self.standing().filter(Exists(waited) | Q(first_day__lte=near))
