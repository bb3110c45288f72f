"""What the cards of the desk's front page count, in one look at the applications on which something waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from intake.choices import OPEN_STATES, ApplicationState
from intake.desk import day_of
from intake.models import Application
from psp.asking import Question, Rows
from psp.models import User

FIGURES = """
count(*) FILTER (WHERE state = 'submitted'), min(submitted_at) FILTER (WHERE state = 'submitted'),
count(*) FILTER (WHERE late), min(last_action_at) FILTER (WHERE late),
count(*) FILTER (WHERE assigned_to_id = %(reader)s AND state <> 'deferred'),
count(*) FILTER (WHERE state = 'deferred')
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """`new`: without a meeting, `oldest` of them. `late`: nobody took care since `late_since`. `own`: the reader's.
    `again`: put off until today or earlier."""

    new: int
    oldest: datetime | None
    late: int
    late_since: datetime | None
    own: int
    again: int


def _looked_at(reader: User, *, before: datetime, now: datetime, today: date) -> QuerySet[Any]:
    """Open ones, and those put off until today; `late` as `overdue` says it."""
    again = Q(state=ApplicationState.DEFERRED, look_again_on__lte=today)
    rows: Any = Application.objects.in_regions_of(reader).filter(Q(state__in=OPEN_STATES) | again)
    late: QuerySet[Any] = rows.with_late(before, now).order_by()
    return late.values_list("state", "submitted_at", "last_action_at", "assigned_to_id", "late")


def _now(reader: User) -> dict[str, datetime | date]:
    now = timezone.now()
    before = now - timedelta(days=settings.PSP_OVERDUE_DAYS)
    return {"before": before, "now": now, "today": day_of(reader)[0].date()}


LOOK = Question(_looked_at, _now, of=FIGURES)


def figures(answer: Rows) -> Figures:
    return Figures(*answer[0])
