"""Training in words, as the reader's own clock and language have them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from psp.bilingual import reader_language
from psp.calendar_text import long_date, long_datetime, machine_time, relative_days
from supporters.models import Cohort, CohortSession, CourseRequest, Enrolment, LearningGoal, Qualification
from supporters.training.choices import AskedState, CohortState, EnrolmentState

COHORT_TAGS = {
    CohortState.PLANNED: "neutral", CohortState.RUNNING: "active", CohortState.DONE: "success",
    CohortState.CANCELLED: "neutral",
}  # fmt: skip
ENROLMENT_TAGS = {
    EnrolmentState.WAITING: "neutral", EnrolmentState.ENROLLED: "active", EnrolmentState.COMPLETED: "success",
    EnrolmentState.LEFT: "neutral",
}  # fmt: skip
ASKED_TAGS = {
    AskedState.OPEN: "neutral", AskedState.YES: "success", AskedState.NOT_NOW: "warning",
    AskedState.WITHDRAWN: "neutral",
}  # fmt: skip


def day(when: date | None) -> dict[str, str] | None:
    """A day for a <time>: {"iso", "text", "near"}; None where there is none."""
    if when is None:
        return None
    near = relative_days(when, timezone.localdate(), reader_language())
    return {"iso": when.isoformat(), "text": long_date(when, reader_language(), article=False), "near": near}


def moment(when: datetime, tz: str) -> dict[str, str]:
    return {"iso": machine_time(when), "text": long_datetime(when, tz, reader_language())}


def cohort_line(cohort: Cohort) -> dict[str, Any]:
    region = cohort.program_region
    return {
        "id": cohort.pk, "name": cohort.name, "course": cohort.course.name, "first_day": day(cohort.first_day),
        "state": cohort.get_state_display(), "tag": COHORT_TAGS[CohortState(cohort.state)],
        "language": cohort.get_language_display(), "places": cohort.places,
        "region": str(region) if region else "", "for_whom": cohort.get_for_whom_display(),
    }  # fmt: skip


def enrolment_line(row: Enrolment) -> dict[str, Any]:
    return cohort_line(row.cohort) | {
        "enrolment": row.pk, "place": row.get_state_display(), "place_tag": ENROLMENT_TAGS[EnrolmentState(row.state)],
        "may_leave": row.state in (EnrolmentState.ENROLLED, EnrolmentState.WAITING),
        "is_left": row.state == EnrolmentState.LEFT,
    }  # fmt: skip


def qualification_line(row: Qualification, today: date, notice_days: int) -> dict[str, Any]:
    left = (row.expires_on - today).days if row.expires_on else None
    ended = left is not None and left < 0
    return {
        "id": row.pk, "course": row.course.name, "completed": day(row.completed_on), "through": day(row.expires_on),
        "ended": ended, "soon": left is not None and 0 <= left <= notice_days, "here": row.cohort_id is not None,
    }  # fmt: skip


def named(row: CourseRequest | LearningGoal) -> str:
    return row.course.name if row.course is not None else row.title


def request_line(row: CourseRequest) -> dict[str, Any]:
    return {
        "id": row.pk, "course": named(row), "asked": day(timezone.localdate(row.asked_at)), "instead": row.instead,
        "starts": day(row.starts_on), "state": row.get_state_display(), "tag": ASKED_TAGS[AskedState(row.state)],
        "open": row.state == AskedState.OPEN,
    }  # fmt: skip


def goal_line(row: LearningGoal) -> dict[str, Any]:
    return {"id": row.pk, "course": named(row), "by_when": day(row.by_when), "done": day(row.done_on)}


def session_line(row: CohortSession, tz: str) -> dict[str, Any]:
    return {
        "id": row.pk, "number": row.number, "when": moment(row.starts_at, tz), "cancelled": row.cancelled,
        "about": row.module.title if row.module is not None else "", "begun": row.starts_at <= timezone.now(),
    }  # fmt: skip
