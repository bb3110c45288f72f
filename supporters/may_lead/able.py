"""Who may lead, of many people at once: the rules of `supporters.rules` said in SQL, so that nobody's rows are read
to find out that nothing is missing.

What is missing, and every word about it, comes from `supporters.rules` alone. That both say the same of everybody is
held by tests. A statement is put together from the same rows that those rules get (`supporters.may_lead.facts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from supporters import calendar
from supporters.hours.rules import minutes_between
from supporters.may_lead.facts import FACTS, Fact
from supporters.may_lead.standing import Adding, window

# The accounts asked about: the app above gives them, with the zone of each one's clock, as `people (pk, zone, …)`.
ASKED: Any = RawSQL("SELECT pk FROM people", ())  # nosec B611 - written here
COLUMNS = (
    "setting (every, grace, groups, sessions, hours, prepare, debrief, meeting)", "in_force (kind, number)",
    "courses (code)", "acknowledged (user_id, kind, number)", "readiness (user_id, outcome, again)",
    "done (user_id, code, completed, expires)", "paired (user_id, since)", "met (user_id, held_on)",
    "paused (user_id)", "away (user_id, first_day, last_day)",
    "limits (user_id, sessions, hours, agreed_sessions, agreed_hours, until)", "wishes (user_id, groups, asks_none)",
    "heads (user_id, group_id, staff)",
)  # fmt: skip

# Parts that follow from those, the last of which is `able (pk, may, leads, room)`. A week begins on Monday, on each
# one's own clock. Loads only grow by what is added, so the fullest week is one that is led or one that is added.
SQL = """,
zones AS (SELECT DISTINCT zone FROM people),
added AS (
    SELECT zone, week, count(*) AS sessions, sum(minutes) AS minutes
      FROM zones
           CROSS JOIN unnest(%(starts)s::timestamptz[], %(lengths)s::int[]) AS dates (starts_at, minutes)
           CROSS JOIN LATERAL (SELECT date_trunc('week', starts_at AT TIME ZONE zone)) AS here (week)
     WHERE week >= %(monday)s::date
     GROUP BY zone, week
),
weekly AS (
    SELECT user_id, date_trunc('week', starts_at AT TIME ZONE zone) AS week, count(*) AS sessions,
           sum(floor(date_part('epoch', ends_at - starts_at) / 60)::int) AS minutes
      FROM led JOIN people ON pk = user_id
     WHERE group_id IS DISTINCT FROM %(group)s::uuid
     GROUP BY user_id, week
),
fullest AS (
    SELECT user_id,
           max(weekly.sessions + coalesce(added.sessions, 0)) FILTER (WHERE week >= %(monday)s::date) AS sessions,
           max(weekly.minutes + coalesce(added.minutes, 0)
               + (prepare + debrief) * (weekly.sessions + coalesce(added.sessions, 0)))
               FILTER (WHERE week >= %(monday)s::date) AS work
      FROM setting CROSS JOIN weekly JOIN people ON pk = user_id LEFT JOIN added USING (zone, week)
     GROUP BY user_id
),
fullest_added AS (
    SELECT zone, max(added.sessions) AS sessions, max(minutes + (prepare + debrief) * added.sessions) AS work
      FROM setting CROSS JOIN added GROUP BY zone
),
trained AS (
    SELECT user_id, count(DISTINCT code) AS courses FROM done WHERE expires IS NULL OR expires >= %(today)s::date
     GROUP BY user_id
),
led_now AS (
    SELECT user_id, count(*) AS groups FROM heads WHERE group_id IS DISTINCT FROM %(group)s::uuid GROUP BY user_id
),
loads AS (
    SELECT pk, coalesce(led_now.groups, 0) AS leads, least(setting.groups, wishes.groups) AS most_groups,
           greatest(fullest.sessions, fullest_added.sessions, 0) + %(more)s::int AS sessions,
           least(setting.sessions, limits.sessions,
                 CASE WHEN until >= %(today)s::date THEN agreed_sessions END) AS most_sessions,
           coalesce((greatest(fullest.work, fullest_added.work) * every
                     + CASE WHEN paired.user_id IS NULL THEN 0 ELSE meeting * 7 END
                     + 60 * every - 1) / (60 * every), 0) AS hours,
           least(setting.hours, limits.hours, CASE WHEN until >= %(today)s::date THEN agreed_hours END) AS most_hours,
           paired.since + every AS first_due, every, grace, coalesce(asks_none, false) AS none_wished
      FROM people CROSS JOIN setting
           LEFT JOIN paired ON paired.user_id = pk LEFT JOIN limits ON limits.user_id = pk
           LEFT JOIN wishes ON wishes.user_id = pk LEFT JOIN led_now ON led_now.user_id = pk
           LEFT JOIN fullest ON fullest.user_id = pk LEFT JOIN fullest_added USING (zone)
),
able AS (
    SELECT loads.pk, leads, most_groups - leads AS room, coalesce(
        acknowledged.number >= in_force.number
        AND outcome = 'ready'
        AND coalesce(trained.courses, 0) = (SELECT count(*) FROM courses)
        AND %(today)s::date - coalesce(held_on + every, first_due) <= grace AND first_due IS NOT NULL
        AND paused.user_id IS NULL AND NOT none_wished
        AND leads < most_groups AND sessions <= most_sessions AND hours <= most_hours
        AND NOT EXISTS (SELECT FROM away WHERE away.user_id = loads.pk
                           AND %(today)s::date BETWEEN first_day AND last_day)
        AND loads.pk <> ALL (%(never)s::uuid[]), false) AS may
      FROM loads
           LEFT JOIN in_force ON in_force.kind = 'supporter'
           LEFT JOIN acknowledged ON acknowledged.user_id = loads.pk AND acknowledged.kind = 'supporter'
           LEFT JOIN readiness ON readiness.user_id = loads.pk LEFT JOIN trained ON trained.user_id = loads.pk
           LEFT JOIN met ON met.user_id = loads.pk LEFT JOIN paused ON paused.user_id = loads.pk
)"""


def parts() -> dict[str, Callable[..., QuerySet[Any]]]:
    """For `psp.asking.Joined`, with the day `today` and the moments `first` and `last`."""
    facts = dict(zip(COLUMNS, (partial(_fact, fact) for fact in FACTS), strict=True))
    return {**facts, "led (user_id, group_id, session_id, starts_at, ends_at)": _led}


def _fact(fact: Fact, _reader: Any, *, today: date, **_moments: datetime) -> QuerySet[Any]:
    return fact(ASKED, today)


def _led(_reader: Any, *, first: datetime, last: datetime, **_days: date) -> QuerySet[Any]:
    return calendar.rows(ASKED, first, last)


@dataclass(frozen=True, slots=True)
class Asked:
    """`adding`: what they would lead; without a group, any group, which would be one session more in a week."""

    on: date
    adding: Adding
    never: Iterable[Any] = ()

    def values(self) -> dict[str, Any]:
        first, last = window(self.on, self.adding)
        dates = self.adding.dates
        return {
            "today": self.on, "monday": self.on - timedelta(days=self.on.weekday()), "first": first, "last": last,
            "starts": [start for start, _end in dates], "lengths": [minutes_between(*one) for one in dates],
            "group": self.adding.group, "more": int(self.adding.group is None), "never": list(self.never),
        }  # fmt: skip
