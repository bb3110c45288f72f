"""When what somebody learned was last used: while they are in a cohort that runs, and when it was noted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use, newest
from supporters.models import CourseRequest, Enrolment, Qualification
from supporters.training.choices import OPEN, AskedState, EnrolmentState


def learning(people: Collection[UUID]) -> Iterable[Used]:
    mine = Enrolment.objects.filter(user__in=people)
    yield from newest(mine, "user_id", "changed_at")
    wanted = (EnrolmentState.ENROLLED, EnrolmentState.WAITING)
    yield from in_use(mine.filter(state__in=wanted, cohort__state__in=OPEN), "user_id")
    yield from newest(Qualification.objects.filter(user__in=people), "user_id", "made_at")
    asked = CourseRequest.objects.filter(user__in=people)
    yield from newest(asked, "user_id", "asked_at")
    yield from in_use(asked.filter(state=AskedState.OPEN), "user_id")


def register() -> None:
    add_last_use(LastUse("training", learning, while_here=True))
