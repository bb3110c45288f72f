"""How far everybody in a cohort is, from what was noted. Three queries, however many people."""

from __future__ import annotations

from uuid import UUID

from supporters.models import Cohort, CohortAttendance, Course
from supporters.training.choices import LEARNED
from supporters.training.rules import Meeting, Progress, Rule, progress


def rule_of(course: Course) -> Rule:
    needed = course.modules.filter(needed=True).values_list("pk", flat=True) if course.all_modules else ()
    return Rule(course.fewest_sessions, frozenset(needed))


def progress_of(cohort: Cohort) -> dict[UUID, Progress]:
    """Account → how far, of all who have a place."""
    rule = rule_of(cohort.course)
    sessions = list(cohort.sessions.values_list("pk", "module", "cancelled"))
    noted = CohortAttendance.objects.filter(session__cohort=cohort, status__in=LEARNED)
    learned = set(noted.values_list("session", "user"))
    return {
        person: progress([Meeting(module, not off, (key, person) in learned) for key, module, off in sessions], rule)
        for person in cohort.enrolments.seated().values_list("user", flat=True)
    }
