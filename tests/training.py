"""Supervisors, learners and cohorts for tests; services where they exist."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.utils import timezone

from psp.choices import Kind, Role
from psp.models import ProgramRegion, User
from supporters.models import Course, Pairing, Supporter
from tests.factories import a_user, with_role


def a_supervisor(**fields) -> User:
    return with_role(a_user(**fields), Role.SUPERVISOR)


def a_learner(region: str = "QC", *, state: str = "active", supervisor: User | None = None, **fields) -> User:
    """A peer supporter, or somebody who is getting ready (`state` "joining"); `region`: of the program."""
    user = with_role(a_user(kind=Kind.SUPPORTER, **fields), Role.SUPPORTER)
    Supporter.objects.create(user=user, program_region=ProgramRegion.objects.get(code=region), state=state)
    if supervisor is not None:
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
