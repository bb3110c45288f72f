"""Telling somebody that there is news on their page: in neutral words, through the outbox, once for each thing.

Whether it is still news is asked again when it is sent.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from contact.models import OutboxMessage
from contact.services import add_guard, queue_message
from psp.choices import Role
from psp.models import RoleAssignment, User
from supporters.models import CourseRequest, Enrolment, Qualification, Supporter
from supporters.reference import settings
from supporters.training.choices import LEARNING, AskedState, EnrolmentState

NEWS = "page_news"
PLACE, ANSWER, ENDING = "place", "answer", "ending"


def tell_place(enrolment: Enrolment) -> None:
    """Somebody who waited has a place now; again, where they left and waited again."""
    _tell(enrolment.user, PLACE, enrolment.pk, once=f"|{enrolment.since.isoformat()}")


def tell_answer(request: CourseRequest) -> None:
    _tell(request.user, ANSWER, request.pk)


def _tell(person: User, what: str, about: UUID, *, once: str = "") -> None:
    queue_message(
        person=person, template=NEWS, key=f"{NEWS}|{what}|{about}{once}", context={"what": what, "about": str(about)}
    )


def tell_ending(now: datetime) -> int:
    """Each morning: what of theirs ends soon, once for each. Twice is as once; returns how many were new."""
    today = timezone.localdate(now)
    ending = Qualification.objects.ending(today, today + timedelta(days=settings().expiry_notice_days))
    told = OutboxMessage.objects.filter(key__startswith=f"{NEWS}|{ENDING}|").values_list("key", flat=True)
    known = set(told)
    rows = [row for row in ending.select_related("user") if f"{NEWS}|{ENDING}|{row.pk}" not in known]
    people = learning_among([row.user_id for row in rows])
    concerned = [row for row in rows if row.user_id in people]
    for row in concerned:
        _tell(row.user, ENDING, row.pk)
    return len(concerned)


def learning_among(accounts: Collection[UUID]) -> set[UUID]:
    """Those who learn with us now: peer supporters, people getting ready, supervisors."""
    active = User.objects.filter(pk__in=accounts, is_active=True)
    supporters = Supporter.objects.filter(user__in=accounts, state__in=LEARNING).values("user")
    supervisors = RoleAssignment.objects.filter(user__in=accounts, role=Role.SUPERVISOR).values("user")
    return set(active.filter(Q(pk__in=supporters) | Q(pk__in=supervisors)).values_list("pk", flat=True))


def still_news(message: OutboxMessage) -> bool:
    """Whether it is as it was when this was queued: a place held, an answer not opened by events, nothing renewed."""
    what, about = message.context.get("what"), message.context.get("about")
    if what == PLACE:
        return Enrolment.objects.filter(pk=about, state=EnrolmentState.ENROLLED).exists()
    if what == ANSWER:
        answered = (AskedState.YES, AskedState.NOT_NOW)
        return CourseRequest.objects.filter(pk=about, state__in=answered).exists()
    today = timezone.localdate()
    found = Qualification.objects.newest().filter(pk=about, expires_on__gte=today)
    return found.exists() and bool(learning_among([message.person_id]))


def register() -> None:
    add_guard(NEWS, still_news)
