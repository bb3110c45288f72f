"""Who sees what is noted about people who must not meet: coordinators of that region only ([NH] rule 24)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from intake.choices import MatchState
from psp.sight import coordinated_regions


class KeepApartQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> KeepApartQuerySet:
        """Never the people concerned, never those who lead."""
        return self.filter(program_region__in=coordinated_regions(user))

    def in_force(self) -> KeepApartQuerySet:
        return self.filter(ended_at__isnull=True)

    def about(self, user_id: Any) -> KeepApartQuerySet:
        """From either side."""
        return self.filter(Q(person_id=user_id) | Q(other_id=user_id))

    def between(self, user_id: Any, others: Any) -> KeepApartQuerySet:
        """In force between this account and one of the others; `others` is a list of ids or a query."""
        return self.in_force().filter(
            Q(person_id=user_id, other_id__in=others) | Q(other_id=user_id, person_id__in=others)
        )

    def away_from(self, user_id: Any) -> set[Any]:
        """Accounts that this one must not meet, as of now."""
        pairs = self.in_force().about(user_id).filter(other__isnull=False).values_list("person_id", "other_id")
        return {account for pair in pairs for account in pair} - {user_id}


class NameMatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> NameMatchQuerySet:
        return self.filter(apart__program_region__in=coordinated_regions(user))

    def to_decide(self) -> NameMatchQuerySet:
        return self.filter(state=MatchState.OPEN, apart__ended_at__isnull=True, apart__other__isnull=True)
