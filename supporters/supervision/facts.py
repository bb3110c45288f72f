"""When supervision is due, for one or for many at once. The same dates for the supervisor and the supporter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max

from supporters.models import Pairing, SupervisionMeeting
from supporters.reference import settings
from supporters.rules import days_late, supervision_due


@dataclass(frozen=True, slots=True)
class Due:
    """`last`: the newest meeting that counts, None before the first one; `late`: days since `on` has passed, or 0."""

    since: date
    last: date | None
    on: date
    late: int


def last_counting(accounts: Collection[UUID]) -> dict[UUID, date]:
    """Newest meeting of each that begins the rhythm anew; which kinds do is a setting (`rhythm_kinds`)."""
    rows = SupervisionMeeting.objects.filter(kind__in=settings().rhythm_kinds, user__in=accounts)
    return dict(rows.order_by().values_list("user").annotate(newest=Max("held_on")))


def due_of(accounts: Collection[UUID], today: date) -> dict[UUID, Due]:
    """Of everybody among them who has a supervisor now. Three questions, however many."""
    every, last = settings().supervision_days, last_counting(accounts)
    pairs = Pairing.objects.current().filter(user__in=accounts).values_list("user_id", "since")
    return {
        user: Due(
            since, last.get(user), supervision_due(since, last.get(user), every),
            days_late(since, last.get(user), every, today),
        )
        for user, since in pairs
    }  # fmt: skip
