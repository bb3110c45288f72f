"""Peer supporters: how many there are, who led, trained and supervised in time, and the hours that they worked.

They work for the program, so that no consent of theirs to results is asked ([NH] rules 29 to 31); the threshold
protects them as everybody. What they say about themselves is counted nowhere here.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef

from psp.choices import Role
from reporting.counters.base import Breakdown, Counted, Counter, add_counter
from reporting.counters.composed import composed
from reporting.counters.grouping import BEHIND, PEOPLE, ROWS, Source, Sums, bounds, by_group_clock, of, tallies
from reporting.periods import Period
from sessions.choices import SessionState
from sessions.choices_cover import CoverState
from sessions.models import Cover, GroupSession
from supporters.models import Qualification, Supporter
from supporters.reference import settings as care_settings

Asked = tuple[Breakdown, ...]
OF_SUPPORTER = {"region": F("program_region"), "language": F("user__language")}

# As texts of our own, as hours below: composing such a question takes longer than the database takes to answer it.
# In time while no more days than the program's rhythm have passed since the newest meeting that counts, or since the
# pair began where there was none (`supporters.rules.supervision_due`). Trained: every course that nobody leads
# without ([NH] rule 35), counting on that day. Who came in without a past was as they are now, if they were there.
ACTIVE = """
    SELECT person.program_region_id AS by_region, account.language AS by_language, person.user_id AS who,
           CASE WHEN pair.since IS NULL THEN 'alone'
                WHEN coalesce(met.held_on, pair.since) >= said.enough THEN 'in_time' ELSE 'late' END AS by_supervision,
           CASE WHEN EXISTS (
               SELECT FROM supporters_course AS course WHERE course.needed AND NOT EXISTS (
                   SELECT FROM supporters_qualification AS done
                   WHERE done.user_id = person.user_id AND done.course_id = course.code
                         AND done.completed_on <= said.last AND coalesce(done.expires_on >= said.last, true)))
           THEN 'no' ELSE 'yes' END AS by_trained
    FROM (SELECT %s::date AS last, %s::timestamptz AS over, %s::date AS enough, %s::varchar[] AS kinds) AS said
    CROSS JOIN supporters_supporter AS person JOIN psp_user AS account ON account.id = person.user_id
    LEFT JOIN LATERAL (
        SELECT max(since) AS since FROM supporters_pairing
        WHERE user_id = person.user_id AND since <= said.last AND coalesce(ended_on > said.last, true)) AS pair ON true
    LEFT JOIN LATERAL (
        SELECT max(held_on) AS held_on FROM supporters_supervisionmeeting
        WHERE user_id = person.user_id AND held_on <= said.last AND kind = ANY(said.kinds)) AS met ON true
    WHERE coalesce(
        (SELECT past.state FROM supporters_historicalsupporter AS past
         WHERE past.user_id = person.user_id AND past.history_date < said.over
         ORDER BY past.history_date DESC, past.history_id DESC LIMIT 1),
        CASE WHEN person.since < said.over THEN person.state ELSE '' END) = 'active'
"""


def supporters(period: Period, asked: Asked) -> Counted:
    """Active peer supporters at the end of the period, by their supervision then and by whether they were trained."""
    care, last = care_settings(), period.after - timedelta(days=1)
    said = (last, bounds(period)[1], last - timedelta(days=care.supervision_days), list(care.rhythm_kinds))
    return tallies(Source(ACTIVE, said), asked, PEOPLE)


def leading(period: Period, asked: Asked) -> Counted:
    """Different peer supporters who led a session that took place, in somebody's place too."""
    return tallies(_leading(period, asked), asked, PEOPLE)


@composed
def _leading(period: Period, asked: Asked, _today: date) -> Source:
    held = by_group_clock(GroupSession.objects.filter(state=SessionState.HELD), period, "starts_at", "group__time_zone")
    away = Cover.objects.standing().filter(session=OuterRef("pk"), lead=OuterRef("group__leads__user"))
    own = held.filter(~Exists(away), group__leads__user=OuterRef("pk"))
    stood_in = Cover.objects.filter(session__in=held.values("pk"), state=CoverState.TAKEN, stand_in=OuterRef("pk"))
    rows = Supporter.objects.filter(Exists(own) | Exists(stood_in))
    return of(rows, OF_SUPPORTER, asked, who=F("pk"))


def training(period: Period, asked: Asked) -> Counted:
    """Courses that peer supporters, or people who were getting ready to be, completed in the period."""
    return tallies(_training(period, asked), asked, ROWS)


@composed
def _training(period: Period, asked: Asked, _today: date) -> Source:
    fields = {
        "region": F("user__supporter__program_region"), "language": F("user__language"), "course": F("course")
    }  # fmt: skip
    done = Qualification.objects.filter(
        user__supporter__isnull=False, completed_on__gte=period.first, completed_on__lt=period.after
    )
    return of(done, fields, asked, who=F("user_id"))


# Hours of a month, a region and a kind of work together, rounded once: whatever is made of them adds up.
HOURS = Sums("coalesce(sum(hours), 0)", BEHIND)
WORKED = """
    SELECT region AS by_region, kind AS by_work, who,
           CASE row_number() OVER cell WHEN 1
           THEN greatest(0, round(sum(minutes) OVER (PARTITION BY month, region, kind) / 60.0)) ELSE 0 END AS hours
    FROM (SELECT date_trunc('month', line.day) AS month, person.program_region_id AS region, line.kind,
                 line.user_id AS who, sum(line.minutes) AS minutes
          FROM supporters_hoursline AS line JOIN supporters_supporter AS person USING (user_id)
          WHERE line.role = %s AND line.state IN ('approved', 'exported') AND line.day >= %s AND line.day < %s
          GROUP BY 1, 2, 3, 4) AS worked
    WINDOW cell AS (PARTITION BY month, region, kind ORDER BY who)
"""


def hours(period: Period, asked: Asked) -> Counted:
    """Hours of peer supporters that were approved, on the day of the work: leave and corrections included."""
    return tallies(Source(WORKED, (Role.SUPPORTER.value, period.first, period.after)), asked, HOURS)


def register() -> None:
    own = frozenset(OF_SUPPORTER)
    add_counter(
        Counter("supporters", own | {"supervision", "trained"}, supporters, adds=False, split="supervision", stock=True)
    )
    add_counter(Counter("leading", own, leading, adds=False))
    add_counter(Counter("training", own | {"course"}, training))
    add_counter(Counter("hours", frozenset({"region", "work"}), hours, split="work"))
