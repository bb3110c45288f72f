"""Who sees what of those who are on the way to leading."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from psp.choices import Role
from psp.sight import coordinated_regions, sight_of


class InterestQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> InterestQuerySet:
        """The own one. Supervisors see all that were said, none of them with the file of whoever said it."""
        if not user.is_authenticated:
            return self.none()
        return self if sight_of(user).has(Role.SUPERVISOR) else self.filter(user_id=user.pk)

    def open(self) -> InterestQuerySet:
        """Nobody has taken it up yet."""
        return self.filter(taken_up_at__isnull=True)


class ReadinessQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ReadinessQuerySet:
        """What was said: to the person and to whoever held the conversation, and to nobody else."""
        if not user.is_authenticated:
            return self.none()
        held = Q(reviewer_id=user.pk) if sight_of(user).has(Role.SUPERVISOR) else Q(pk__in=[])
        return self.filter(Q(user_id=user.pk) | held)

    def outcomes(self) -> Any:
        """Outcome and dates alone, without a word of what was said: (account, for what, outcome, held, look again)."""
        return self.values_list("user_id", "ready_for", "outcome", "held_on", "look_again_on")

    def newest(self) -> ReadinessQuerySet:
        """The newest conversation of each person for each step."""
        same = self.model.objects.filter(user=OuterRef("user"), ready_for=OuterRef("ready_for"))
        first = same.order_by("-held_on", "-made_at").values("pk")[:1]
        return self.filter(pk=Subquery(first))

    def to_look_again(self, today: date) -> ReadinessQuerySet:
        """ "Not now" whose day has come."""
        return self.newest().filter(look_again_on__lte=today)


class FormerAgreementQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> FormerAgreementQuerySet:
        """Coordinators of the region of both."""
        regions = coordinated_regions(user) if user.is_authenticated else frozenset()
        return self.filter(participant__program_region__in=regions)

    def standing(self) -> FormerAgreementQuerySet:
        """Both said yes, and neither took it back."""
        return self.filter(supporter_said_at__isnull=False, participant_said_at__isnull=False)
