"""What is said when a cohort cannot be changed: by the services and by the database's judges, in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from psp.errors import DomainError, constraint_name

SENTENCES: dict[str, Promise] = {
    "enrolment_cohort_full": _("Every place in this cohort is taken. Give it more places, or use the waiting list."),
    "enrolment_cohort_open": _("This cohort is over, so nobody can enrol in it. Choose another one."),
    "cohort_never_back": _("This cohort has moved on since you opened it. Open it again to see where it stands."),
    "cohort_lead_once": _("This person gives this course already. Nothing was changed."),
    "course_request_once": _("You have asked for this course already. You will find the answer here."),
    "learning_goal_once": _("This course is on your plan already."),
}


def refusal(code: str, field: str | None = None) -> DomainError:
    return DomainError(SENTENCES[code], code=code, field=field)


@contextmanager
def judged() -> Iterator[None]:
    """Turn the refusal of one of our judges into its sentence; everything else stays what it is."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = constraint_name(error)
        if name not in SENTENCES:
            raise
        raise refusal(name) from None
