"""Who is in a cohort and was there, as one grid; and who else could be, or could give it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.choices import Role
from psp.models import RoleAssignment, User
from supporters.models import Cohort, CohortAttendance, Enrolment, Supporter
from supporters.training.choices import LEARNING, SEATED, Attended, EnrolmentState, ForWhom
from supporters.training.progress import progress_of
from supporters.training.querysets import in_care_of
from supporters.training.words import ENROLMENT_TAGS

SIGNS = {Attended.PRESENT: "✓", Attended.ABSENT: "–", Attended.ELSEWHERE: "≈"}


def grid(cohort: Cohort, people: Sequence[Enrolment]) -> dict[str, Any]:
    """{"rows", "heads", "waiting"}: a row for each person with a place, a cell for each session.

    Days are those on the clock of the cohort.
    """
    sessions, zone = list(cohort.sessions.all()), ZoneInfo(cohort.time_zone)
    days = [one.starts_at.astimezone(zone).date() for one in sessions]
    rows = CohortAttendance.objects.filter(session__cohort=cohort).values_list("session", "user", "status")
    noted = {(session, user): Attended(status) for session, user, status in rows}
    reached = progress_of(cohort)
    named = sorted(people, key=lambda row: row.user.name.casefold())
    return {
        "heads": [
            {"number": one.number, "day": long_date(day, reader_language(), article=False)}
            for one, day in zip(sessions, days, strict=True)
        ],
        "rows": [
            _line(row, reached.get(row.user_id)) | {
                "cells": [_cell(noted.get((one.pk, row.user_id))) for one in sessions]
            }
            for row in named if row.state in SEATED
        ],
        "waiting": [_line(row, None) for row in people if row.state == EnrolmentState.WAITING],
    }  # fmt: skip


def _line(row: Enrolment, reached: Any) -> dict[str, Any]:
    return {
        "enrolment": row.pk, "person": row.user_id, "name": row.user.name or row.user.username,
        "state": row.get_state_display(), "tag": ENROLMENT_TAGS[EnrolmentState(row.state)], "reached": reached,
        "may_end": row.state != EnrolmentState.COMPLETED,
    }  # fmt: skip


def _cell(status: Attended | None) -> dict[str, Any]:
    return {"sign": SIGNS[status], "label": status.label} if status else {"sign": "", "label": ""}


def could_learn(cohort: Cohort, by: User) -> QuerySet[Any]:
    """Whom this supervisor may enrol from a list: the people at whose side they are, or their colleagues.

    Others enrol by themselves, or through their own supervisor.
    """
    inside = cohort.enrolments.exclude(state=EnrolmentState.LEFT).values("user")
    people = User.objects.filter(is_active=True).exclude(pk__in=inside).exclude(pk__in=cohort.leads.values("user"))
    if cohort.for_whom == ForWhom.SUPERVISORS:
        found = people.filter(pk__in=RoleAssignment.objects.filter(role=Role.SUPERVISOR).values("user"))
    else:
        found = people.filter(pk__in=_in_care(by))
    return found.order_by("username")


def could_give(cohort: Cohort, by: User) -> QuerySet[Any]:
    """Supervisors, clinicians, and the own people, but nobody who learns in it."""
    inside = cohort.enrolments.exclude(state=EnrolmentState.LEFT).values("user")
    roles = RoleAssignment.objects.filter(role__in=[Role.SUPERVISOR, Role.CLINICIAN]).values("user")
    rows = User.objects.filter(Q(pk__in=roles) | Q(pk__in=_in_care(by)), is_active=True).exclude(pk__in=inside)
    return rows.exclude(pk__in=cohort.leads.values("user")).order_by("username")


def _in_care(by: User) -> QuerySet[Any, Any]:
    return Supporter.objects.filter(in_care_of(by), state__in=LEARNING).values("user")
