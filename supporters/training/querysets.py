"""Who sees what of the training, and the words for asking.

Names of learners: the person, whoever leads the cohort, supervisors. Coordinators plan groups, not training: they see
whether somebody may lead, and no more.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from psp.choices import Role
from psp.sight import sight_of
from supporters.training.choices import LEARNING, OPEN, SEATED, AskedState, EnrolmentState, ForWhom

Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")

# Roles in which somebody may give a course.
GIVING = (Role.SUPERVISOR, Role.CLINICIAN, Role.SUPPORTER)


def in_care_of(user: Any, path: str = "user") -> Q:
    """Rows about those whom this supervisor supervises now, or whom nobody does; nothing for everybody else.

    A supervisor's own rows are not among them.
    """
    from supporters.supervision.models import Pairing

    if not sight_of(user).has(Role.SUPERVISOR):
        return Q(pk__in=[])
    now = Pairing.objects.current()
    mine = Q(**{f"{path}__in": now.filter(supervisor_id=user.pk).values("user")})
    return (mine | ~Q(**{f"{path}__in": now.values("user")})) & ~Q(**{path: user.pk})


class OwnQuerySet(models.QuerySet[Any]):
    """Of the person, and of the supervisor at their side."""

    def visible_to(self: Rows, user: Any) -> Rows:
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(user_id=user.pk) | in_care_of(user))


class QualificationQuerySet(OwnQuerySet):
    def newest(self) -> QualificationQuerySet:
        """Of each person and course the one that counts longest; what was renewed since is left out."""
        longer = Q(expires_on__isnull=True) | Q(expires_on__gt=OuterRef("expires_on"))
        others = self.model.objects.filter(user=OuterRef("user"), course=OuterRef("course")).exclude(pk=OuterRef("pk"))
        renewed = others.filter(longer) | others.filter(
            expires_on=OuterRef("expires_on"), completed_on__gt=OuterRef("completed_on")
        )
        again = others.filter(expires_on__isnull=True, completed_on__gt=OuterRef("completed_on"))
        for_good = Q(expires_on__isnull=True)
        return self.filter((for_good & ~Exists(again)) | (~for_good & ~Exists(renewed)))

    def ending(self, first: date, last: date) -> QualificationQuerySet:
        """Those whose last day is in these days, and which nobody renewed."""
        return self.newest().filter(expires_on__range=(first, last))


class CohortQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> CohortQuerySet:
        """Supervisors: all. Whoever leads one or is in it: that one. Whoever may enrol: those that are open to them."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        if sight_of(user).has(Role.SUPERVISOR):
            return self.all()
        return self.filter(self._theirs(user) | self.offered_to(user))

    def led_by(self, user: Any) -> CohortQuerySet:
        """For as long as somebody is of the team, leads, or gets ready to: whoever ended the role gives no course."""
        from supporters.models import Supporter
        from supporters.training.models_cohorts import CohortLead

        getting_ready = Supporter.objects.filter(user_id=user.pk, state__in=LEARNING)
        if not sight_of(user).has(*GIVING) and not getting_ready.exists():
            return self.none()
        return self.filter(pk__in=CohortLead.objects.filter(user_id=user.pk).values("cohort"))

    def with_names(self, user: Any) -> CohortQuerySet:
        """Those of which this account sees who is in them."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.all() if sight_of(user).has(Role.SUPERVISOR) else self.led_by(user)

    def with_counts(self) -> CohortQuerySet:
        """With `seated` and `waiting`: how many."""
        seated = Count("enrolments", filter=Q(enrolments__state__in=SEATED))
        waiting = Count("enrolments", filter=Q(enrolments__state=EnrolmentState.WAITING))
        found: CohortQuerySet = self.annotate(seated=seated, waiting=waiting)
        return found

    @staticmethod
    def _theirs(user: Any) -> Q:
        from supporters.training.models_cohorts import CohortLead, Enrolment

        enrolled = Enrolment.objects.filter(user_id=user.pk).values("cohort")
        return Q(pk__in=enrolled) | Q(pk__in=CohortLead.objects.filter(user_id=user.pk).values("cohort"))

    @staticmethod
    def offered_to(user: Any) -> Q:
        """Open cohorts for people like them: of the own region, or of the whole program."""
        from supporters.models import Supporter

        learner = Supporter.objects.filter(user_id=user.pk, state__in=LEARNING)
        here = Q(program_region__isnull=True) | Q(program_region__in=learner.values("program_region"))
        offered = Q(Exists(learner), here, for_whom=ForWhom.SUPPORTERS)
        if sight_of(user).has(Role.SUPERVISOR):
            offered |= Q(for_whom=ForWhom.SUPERVISORS)
        return offered & Q(state__in=OPEN)


class EnrolmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> EnrolmentQuerySet:
        """The own ones; supervisors all; whoever leads the cohort those in it."""
        from supporters.training.models_cohorts import Cohort

        if not getattr(user, "is_authenticated", False):
            return self.none()
        named = Cohort.objects.with_names(user).values("pk")
        return self.filter(Q(user_id=user.pk) | Q(cohort__in=named))

    def seated(self) -> EnrolmentQuerySet:
        return self.filter(state__in=SEATED)

    def waiting(self) -> EnrolmentQuerySet:
        """In the order in which they are offered a place."""
        return self.filter(state=EnrolmentState.WAITING).order_by("since", "id")


class CertificateQuerySet(OwnQuerySet):
    def standing(self) -> CertificateQuerySet:
        return self.filter(revoked_at__isnull=True)


class AskedQuerySet(OwnQuerySet):
    def open(self) -> AskedQuerySet:
        return self.filter(state=AskedState.OPEN)

    def to_answer(self, user: Any) -> AskedQuerySet:
        """What waits for this supervisor's answer."""
        return self.open().filter(in_care_of(user)).order_by("asked_at")


class GoalQuerySet(OwnQuerySet):
    def of(self, accounts: Collection[UUID]) -> GoalQuerySet:
        return self.filter(user__in=accounts)


class EvaluationFormQuerySet(models.QuerySet[Any]):
    def in_force(self, moment: str) -> Any:
        """The newest published version for this moment; None before there is one."""
        return self.filter(moment=moment, published_at__isnull=False).order_by("-number").first()


class EvaluationBoxQuerySet(models.QuerySet[Any]):
    def visible_to(self, _user: Any) -> EvaluationBoxQuerySet:
        """Nobody looks into a box."""
        return self.none()

    def open(self, now: datetime) -> EvaluationBoxQuerySet:
        return self.filter(closes_at__gt=now, emptied=False)
