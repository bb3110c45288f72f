"""Who may do what about training; asked by services and by the buttons alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psp.choices import Role
from psp.models import User
from psp.sight import coordinated_regions, sight_of
from supporters.models import Cohort, Pairing, Supporter
from supporters.training.choices import LEARNING, ForWhom


def is_supervisor(user: Any) -> bool:
    return sight_of(user).has(Role.SUPERVISOR)


def may_learn(user: Any) -> bool:
    """Peer supporters and those who are getting ready, and supervisors, who learn too."""
    return is_supervisor(user) or Supporter.objects.filter(user_id=user.pk, state__in=LEARNING).exists()


def cares_for(user: Any, person: UUID) -> bool:
    """The supervisor at their side; while there is nobody, any supervisor. Never the person."""
    if not is_supervisor(user) or person == user.pk:
        return False
    now = Pairing.objects.current().filter(user_id=person).values_list("supervisor_id", flat=True).first()
    return now is None or now == user.pk


def can_note_qualification(user: Any, person: User) -> bool:
    """That somebody completed a course elsewhere: their supervisor, or a coordinator of their region; never oneself."""
    if person.pk == user.pk:
        return False
    regions = coordinated_regions(user)
    here = Supporter.objects.filter(user_id=person.pk, program_region__in=regions)
    return cares_for(user, person.pk) or bool(regions and here.exists())


def can_manage_cohorts(user: Any) -> bool:
    return is_supervisor(user)


def leads_cohort(user: Any, cohort: Cohort) -> bool:
    return Cohort.objects.led_by(user).filter(pk=cohort.pk).exists()


def can_run_cohort(user: Any, cohort: Cohort) -> bool:
    """Note who was there, and say who has completed it."""
    return is_supervisor(user) or leads_cohort(user, cohort)


def can_enrol(user: Any, person: User, cohort: Cohort) -> bool:
    """Oneself, in what is open to people like oneself; supervisors, everybody who may learn there."""
    if user.pk == person.pk:
        return Cohort.objects.filter(Cohort.objects.offered_to(user), pk=cohort.pk).exists()
    return is_supervisor(user) and fits(person, cohort)


def fits(person: User, cohort: Cohort) -> bool:
    """A cohort of supervisors is for supervisors. For supporters, another region is no hindrance where one is asked."""
    if cohort.for_whom == ForWhom.SUPERVISORS:
        return is_supervisor(person)
    return Supporter.objects.filter(user_id=person.pk, state__in=LEARNING).exists()
