"""What goes with a person: everything that was noted of their learning. Their certificates are found no more."""

from __future__ import annotations

from collections import Counter

from privacy.erasing import Eraser, add_eraser, delete_rows
from psp.models import User
from supporters.models import (
    Certificate,
    Cohort,
    CohortAttendance,
    CohortLead,
    CourseRequest,
    Enrolment,
    LearningGoal,
    Qualification,
)
from supporters.training.services_cohorts import move_up

OURS = frozenset({
    "supporters.certificate", "supporters.cohort", "supporters.cohortattendance", "supporters.cohortlead",
    "supporters.courserequest", "supporters.enrolment", "supporters.learninggoal", "supporters.qualification",
})  # fmt: skip


def erase(person: User) -> Counter[str]:
    """Cohorts that they made or gave stay, as an account's that is nobody's any more. Their place goes to who waits."""
    # The cohorts first, in order, as every change of a place does.
    cohorts = Cohort.objects.filter(pk__in=Enrolment.objects.filter(user=person).values("cohort")).order_by("pk")
    held = list(cohorts.select_for_update(of=("self",)))
    done: Counter[str] = Counter()
    for model in (Certificate, Qualification, CohortAttendance, Enrolment, LearningGoal, CourseRequest):
        done += delete_rows(model._default_manager.filter(user=person))
    for cohort in held:
        move_up(cohort)
    return done + delete_rows(CohortLead.objects.filter(user=person))


def register() -> None:
    add_eraser(Eraser("training", OURS, erase, order=25))
