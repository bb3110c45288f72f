"""What the cards of the desk's front page count, in one look at the applications on which something waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from intake.desk import day_of
from psp.areas import account
from psp.models import User
from psp.sight import coordinated_regions

# Written out: Django would need longer to put these six figures into SQL than the database needs to answer. `late` is
# what `ApplicationQuerySet.overdue` says, `again` what `to_look_at_again` says; a test compares them.
LOOK = """
SELECT count(*) FILTER (WHERE state = 'submitted'), min(submitted_at) FILTER (WHERE state = 'submitted'),
    count(*) FILTER (WHERE late), min(last_action_at) FILTER (WHERE late),
    count(*) FILTER (WHERE assigned_to_id = %(reader)s AND state <> 'deferred'),
    count(*) FILTER (WHERE state = 'deferred')
FROM (
    SELECT state, submitted_at, last_action_at, assigned_to_id,
        state <> 'deferred' AND last_action_at < %(before)s AND NOT EXISTS (
            SELECT FROM intake_intakemeeting AS meeting
            WHERE meeting.application_id = application.id AND meeting.state = 'set' AND meeting.ends_at >= %(now)s
        ) AS late
    FROM intake_application AS application
    WHERE desk_region_id = ANY(%(regions)s)
        AND (state IN ('submitted', 'meeting_set') OR (state = 'deferred' AND look_again_on <= %(today)s))
) AS open_ones
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


def figures(request: HttpRequest) -> Figures:
    """Read once for all cards of a page, and kept no longer than the request."""
    found: Figures | None = request.__dict__.get("_desk_figures")
    if found is None:
        found = request.__dict__["_desk_figures"] = read(account(request))
    return found


def read(reader: User) -> Figures:
    now = timezone.now()
    values: dict[str, Any] = {
        "regions": list(coordinated_regions(reader)), "reader": reader.pk, "now": now,
        "today": day_of(reader)[0].date(),
        "before": now - timedelta(days=settings.PSP_OVERDUE_DAYS),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(LOOK, values)
        return Figures(*cursor.fetchone())
