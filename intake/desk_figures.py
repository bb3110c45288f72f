"""What the cards of the desk's front page count, in one look at the applications on which something waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.utils import timezone

from intake.choices import OPEN_STATES, ApplicationState
from intake.desk import day_of
from intake.models import Application
from intake.querysets import to_come
from psp.areas import account
from psp.models import User


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


def figures(request: HttpRequest) -> Figures:
    """Read once for all cards of a page, and kept no longer than the request."""
    found: Figures | None = request.__dict__.get("_desk_figures")
    if found is None:
        found = request.__dict__["_desk_figures"] = read(account(request))
    return found


def read(reader: User) -> Figures:
    now, today = timezone.now(), day_of(reader)[0].date()
    new, opened = Q(state=ApplicationState.SUBMITTED), Q(state__in=OPEN_STATES)
    late = opened & Q(last_action_at__lt=now - timedelta(days=settings.PSP_OVERDUE_DAYS)) & Q(~to_come(now))
    again = Q(state=ApplicationState.DEFERRED, look_again_on__lte=today)
    rows = Application.objects.in_regions_of(reader).filter(opened | again).order_by()
    return Figures(
        **rows.aggregate(
            new=Count("pk", filter=new), oldest=Min("submitted_at", filter=new),
            late=Count("pk", filter=late), late_since=Min("last_action_at", filter=late),
            own=Count("pk", filter=opened & Q(assigned_to=reader)), again=Count("pk", filter=again),
        )
    )  # fmt: skip
