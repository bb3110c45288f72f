"""Supervisors, learners and cohorts for tests; services where they exist."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.utils import timezone

from psp.choices import Kind, Role
from psp.models import ProgramRegion, User
from supporters.models import Cohort, Course, Pairing, Qualification, Supporter
from supporters.training.reference import PROGRAM
from supporters.training.services_cohorts import complete, create_cohort, enrol, record_cohort_attendance
from tests.factories import a_user, with_role


def a_supervisor(**fields) -> User:
    return with_role(a_user(**fields), Role.SUPERVISOR)


def a_learner(region: str = "QC", *, state: str = "active", supervisor: User | None = None, **fields) -> User:
    """A peer supporter, or somebody who is getting ready (`state` "joining"); `region`: of the program."""
    user = with_role(a_user(kind=Kind.SUPPORTER, **fields), Role.SUPPORTER)
    return as_learner(user, region, state=state, supervisor=supervisor)


def as_learner(user: User, region: str = "QC", *, state: str = "active", supervisor: User | None = None) -> User:
    place = ProgramRegion.objects.get(code=region)
    Supporter.objects.update_or_create(user=user, defaults={"program_region": place, "state": state})
    if supervisor is not None:
        Pairing.objects.filter(user=user).delete()
        Pairing.objects.create(user=user, supervisor=supervisor)
    return user


def a_course(code: str = "suicide_prevention", **fields) -> Course:
    """One that a new database begins with, changed as the test wants it, or a new one."""
    made, _is_new = Course.objects.update_or_create(
        code=code, defaults=fields, create_defaults={"name_en": code, "name_fr": f"{code} (fr)"} | fields
    )
    return made


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


EVENING = time(18, 30)


def a_cohort(by: User, *, code: str = PROGRAM, first_day: date | None = None, **fields) -> Cohort:
    """Of the ten-week program, begun so long ago that all its sessions are over, unless a first day is given."""
    values = {
        "name_en": "Northern Ontario", "name_fr": "Nord de l’Ontario", "language": "en", "start_time": EVENING,
        "time_zone": "America/Toronto", "first_day": first_day or days_ago(80),
    } | fields  # fmt: skip
    return create_cohort(by=by, course=Course.objects.get(code=code), **values)


def was_at(cohort: Cohort, person: User, weeks: int, by: User) -> None:
    """At the first so many sessions of it, as noted by somebody else."""
    for session in cohort.sessions.order_by("number")[:weeks]:
        record_cohort_attendance(session=session, statuses={person.pk: "present"}, by=by)


def a_completion(person: User, by: User, **fields) -> Qualification:
    """Of the ten-week program, in a cohort of their own."""
    cohort = a_cohort(by, **fields)
    enrolment = enrol(cohort=cohort, person=person, by=by)
    was_at(cohort, person, 10, by)
    return complete(enrolment=enrolment, by=by)
