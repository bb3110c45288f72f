"""Who knows of what happened: those who have a part in it, and nobody else learns that it exists ([NH] rule 33).

A part have: whoever reported it; those to whom its kind goes, as long as they hold that role there; and whoever was
brought in. Somebody whom it touches has none by their role: it may be about them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from psp.choices import Role
from psp.sight import coordinated_regions, sight_of
from supporters.incidents.choices import Desk, IncidentState

SAFETY_DUTIES = (Role.SUPERVISOR, Role.PRIVACY_OFFICER)


class IncidentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> IncidentQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(reporter_id=user.pk) | self._brought_in(user) | self._by_role(user))

    def worked_on_by(self, user: Any) -> IncidentQuerySet:
        """As `visible_to`, without what one only reported."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(self._brought_in(user) | self._by_role(user))

    def _brought_in(self, user: Any) -> Q:
        """For as long as somebody is of the team whom one could bring in (`people.team_of`), and no longer."""
        parts = self.model.parts.rel.related_model.objects.filter(incident=OuterRef("pk"), user_id=user.pk)
        here = Q() if sight_of(user).has(*SAFETY_DUTIES) else Q(program_region__in=coordinated_regions(user))
        return here & Q(Exists(parts))

    def _by_role(self, user: Any) -> Q:
        people = self.model.people.rel.related_model.objects
        touched = people.filter(incident=OuterRef("pk"), user_id=user.pk)
        # Whoever reported it may be gone: nobody, and not whom it touches.
        return self._desks(user) & (Q(reporter_id=user.pk) | ~Q(Exists(touched)))

    def _desks(self, user: Any) -> Q:
        sight, found = sight_of(user), Q(pk__in=[])
        if regions := coordinated_regions(user):
            found |= Q(goes_to__contains=[Desk.COORDINATORS], program_region__in=regions)
        if sight.has(Role.SUPERVISOR):
            found |= Q(goes_to__contains=[Desk.SUPERVISORS])
            found |= Q(goes_to__contains=[Desk.SUPERVISOR]) & Q(Exists(supervised(OuterRef("reporter"), user.pk)))
        if sight.has(Role.PRIVACY_OFFICER):
            found |= Q(goes_to__contains=[Desk.PRIVACY])
        return found

    def reported_by(self, user: Any) -> IncidentQuerySet:
        return self.filter(reporter_id=user.pk)

    def waiting(self) -> IncidentQuerySet:
        """Nobody takes care of it yet."""
        return self.filter(state=IncidentState.REPORTED)

    def open(self) -> IncidentQuerySet:
        return self.exclude(state=IncidentState.CLOSED)


def supervised(person: Any, supervisor: Any) -> models.QuerySet[Any]:
    """The pairing that stands between these two; either may be an `OuterRef`."""
    from supporters.models import Pairing

    return Pairing.objects.standing().filter(user=person, supervisor=supervisor)


class IncidentStepQuerySet(models.QuerySet[Any]):
    def to_do(self) -> IncidentStepQuerySet:
        return self.filter(done_at__isnull=True)

    def of(self, user: Any) -> IncidentStepQuerySet:
        """Their own, of incidents in which they still have a part."""
        known = self.model.incident.field.related_model.objects.visible_to(user)
        return self.filter(owner_id=user.pk, incident__in=known)

    def overdue(self, today: date | None = None) -> IncidentStepQuerySet:
        return self.to_do().filter(due_on__lt=today or timezone.localdate())


class LessonQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> LessonQuerySet:
        """Single events, however nameless, are for those whose duty is safety: supervisors and the privacy officer.
        Not for somebody whom it touches while the report is there: kind and month would tell them of it.
        """
        if not sight_of(user).has(*SAFETY_DUTIES):
            return self.none()
        people = self.model.incident.field.related_model.people.rel.related_model.objects
        touched = people.filter(incident=OuterRef("incident"), user_id=user.pk)
        return self.filter(Q(incident__reporter=user.pk) | ~Q(Exists(touched)))
