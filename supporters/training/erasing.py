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

OURS = frozenset({
    "supporters.certificate", "supporters.cohort", "supporters.cohortattendance", "supporters.cohortlead",
    "supporters.courserequest", "supporters.enrolment", "supporters.learninggoal", "supporters.qualification",
})  # fmt: skip


def erase(person: User) -> Counter[str]:
    """Cohorts that they made or gave stay, as an account's that is nobody's any more."""
    # The cohorts first, in order, as every change of a place does.
    cohorts = Cohort.objects.filter(pk__in=Enrolment.objects.filter(user=person).values("cohort")).order_by("pk")
    list(cohorts.select_for_update(of=("self",)).values_list("pk"))
    done: Counter[str] = Counter()
    for model in (Certificate, Qualification, CohortAttendance, Enrolment, LearningGoal, CourseRequest):
        done += delete_rows(model._default_manager.filter(user=person))
    return done + delete_rows(CohortLead.objects.filter(user=person))


def register() -> None:
    add_eraser(Eraser("training", OURS, erase, order=25))
