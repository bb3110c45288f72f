"""The words of training, and which state may follow which ([NH] rule 29)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from supporters.choices import SupporterState

# They may learn with us.
LEARNING = (SupporterState.JOINING, SupporterState.ACTIVE)


class CohortState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("cohort", "Planned")
    RUNNING = "running", pgettext_lazy("cohort", "Running")
    DONE = "done", pgettext_lazy("cohort", "Finished")
    CANCELLED = "cancelled", pgettext_lazy("cohort", "Cancelled")


COHORT_TRANSITIONS: dict[CohortState, frozenset[CohortState]] = {
    CohortState.PLANNED: frozenset({CohortState.RUNNING, CohortState.CANCELLED}),
    CohortState.RUNNING: frozenset({CohortState.DONE, CohortState.CANCELLED}),
    CohortState.DONE: frozenset(),
    CohortState.CANCELLED: frozenset(),
}
# People enrol in these.
OPEN = (CohortState.PLANNED, CohortState.RUNNING)


class ForWhom(models.TextChoices):
    """The pilot had four cohorts of peer supporters, and one of supervisors."""

    SUPPORTERS = "supporters", _("Peer supporters, and people getting ready")
    SUPERVISORS = "supervisors", pgettext_lazy("cohort", "Supervisors")


class CohortLanguage(models.TextChoices):
    EN = "en", _("English")
    FR = "fr", _("French")
    BOTH = "both", _("English and French")


class EnrolmentState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("enrolment", "On the waiting list")
    ENROLLED = "enrolled", pgettext_lazy("enrolment", "Has a place")
    LEFT = "left", pgettext_lazy("enrolment", "Left")
    COMPLETED = "completed", pgettext_lazy("enrolment", "Completed")


ENROLMENT_TRANSITIONS: dict[EnrolmentState, frozenset[EnrolmentState]] = {
    EnrolmentState.WAITING: frozenset({EnrolmentState.ENROLLED, EnrolmentState.LEFT}),
    EnrolmentState.ENROLLED: frozenset({EnrolmentState.LEFT, EnrolmentState.COMPLETED}),
    EnrolmentState.LEFT: frozenset({EnrolmentState.WAITING, EnrolmentState.ENROLLED}),
    EnrolmentState.COMPLETED: frozenset(),
}
# They take up a place.
SEATED = (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED)


class Attended(models.TextChoices):
    """Whether somebody was at a session of the training. `ELSEWHERE`: learned another way; a supervisor notes it."""

    PRESENT = "present", _("Was there")
    ABSENT = "absent", _("Was not there")
    ELSEWHERE = "elsewhere", _("Learned it another way")


# They count for completion.
LEARNED = (Attended.PRESENT, Attended.ELSEWHERE)


class AskedState(models.TextChoices):
    """What became of a request for a course. "Not now" says what else there is; nobody is refused."""

    OPEN = "open", pgettext_lazy("course request", "Waits for an answer")
    YES = "yes", pgettext_lazy("course request", "Yes")
    NOT_NOW = "not_now", pgettext_lazy("course request", "Not now")
    WITHDRAWN = "withdrawn", pgettext_lazy("course request", "Taken back")


ASKED_TRANSITIONS: dict[AskedState, frozenset[AskedState]] = {
    AskedState.OPEN: frozenset({AskedState.YES, AskedState.NOT_NOW, AskedState.WITHDRAWN}),
    AskedState.YES: frozenset(),
    AskedState.NOT_NOW: frozenset(),
    AskedState.WITHDRAWN: frozenset(),
}


class Moment(models.TextChoices):
    """When a cohort is asked what the training is like for it."""

    BEFORE = "before", pgettext_lazy("evaluation", "Before the first session")
    AFTER = "after", pgettext_lazy("evaluation", "After the last session")
    LATER = "later", pgettext_lazy("evaluation", "Three months later")
