"""Peer supporters: how many there are, who led, trained and supervised in time, and the hours that they worked.

They work for the program, so that no consent of theirs to results is asked ([NH] rules 29 to 31); the threshold
protects them as everybody. What they say about themselves is counted nowhere here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from psp.choices import Role
from reporting.counters.base import Breakdown, Counted, Counter, add_counter
from reporting.counters.grouping import BEHIND, PEOPLE, ROWS, Source, Sums, bounds, by_group_clock, of, tallies
from reporting.periods import Period
from sessions.choices import SessionState
from sessions.choices_cover import CoverState
from sessions.models import Cover, GroupSession
from supporters.choices import SupporterState
from supporters.models import Course, Pairing, Qualification, SupervisionMeeting, Supporter
from supporters.reference import settings as care_settings

Asked = tuple[Breakdown, ...]
OF_SUPPORTER = {"region": F("program_region"), "language": F("user__language")}


def supporters(period: Period, asked: Asked) -> Counted:
    """Active peer supporters at the end of the period, by their supervision then and by whether they were trained."""
    last = period.after - timedelta(days=1)
    fields = OF_SUPPORTER | {"supervision": F("supervised"), "trained": F("knows")}
    rows = _active(bounds(period)[1]).annotate(supervised=_supervision(last), knows=_trained(last))
    return tallies(of(rows, fields, asked, who=F("pk")), asked, PEOPLE)


def _active(end: datetime) -> QuerySet[Any]:
    """Whoever was active at that moment; who came in without a past, as they are now if they were there."""
    past = Supporter.history.filter(user=OuterRef("pk"), history_date__lt=end).order_by("-history_date", "-history_id")
    now = Case(When(since__lt=end, then=F("state")), default=Value(""), output_field=CharField())
    rows: QuerySet[Any] = Supporter.objects.annotate(
        then=Coalesce(Subquery(past.values("state")[:1]), now, output_field=CharField())
    )
    return rows.filter(then=SupporterState.ACTIVE)


def _supervision(last: Any) -> Any:
    """In time while no more days than the program's rhythm have passed since the newest meeting that counts, or since
    the pair began where there was none (`supporters.rules.supervision_due`)."""
    care = care_settings()
    enough = last - timedelta(days=care.supervision_days)
    pair = Pairing.objects.filter(Q(ended_on=None) | Q(ended_on__gt=last), user=OuterRef("pk"), since__lte=last)
    met = SupervisionMeeting.objects.filter(user=OuterRef("pk"), kind__in=care.rhythm_kinds, held_on__lte=last)
    in_time = Exists(met.filter(held_on__gte=enough)) | (~Exists(met) & Exists(pair.filter(since__gte=enough)))
    return Case(
        When(~Exists(pair), then=Value("alone")), When(in_time, then=Value("in_time")), default=Value("late"),
        output_field=CharField(),
    )  # fmt: skip


def _trained(last: Any) -> Any:
    """Every course that nobody leads without ([NH] rule 35), counting on that day."""
    counts = Qualification.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=last), user=OuterRef(OuterRef("pk")), course=OuterRef("pk"),
        completed_on__lte=last,
    )  # fmt: skip
    lacks = Exists(Course.objects.filter(~Exists(counts), needed=True))
    return Case(When(lacks, then=Value("no")), default=Value("yes"), output_field=CharField())


def leading(period: Period, asked: Asked) -> Counted:
    """Different peer supporters who led a session that took place, in somebody's place too."""
    held = by_group_clock(GroupSession.objects.filter(state=SessionState.HELD), period, "starts_at", "group__time_zone")
    away = Cover.objects.standing().filter(session=OuterRef("pk"), lead=OuterRef("group__leads__user"))
    own = held.filter(~Exists(away), group__leads__user=OuterRef("pk"))
    stood_in = Cover.objects.filter(session__in=held.values("pk"), state=CoverState.TAKEN, stand_in=OuterRef("pk"))
    rows = Supporter.objects.filter(Exists(own) | Exists(stood_in))
    return tallies(of(rows, OF_SUPPORTER, asked, who=F("pk")), asked, PEOPLE)


def training(period: Period, asked: Asked) -> Counted:
    """Courses that peer supporters, or people who were getting ready to be, completed in the period."""
    fields = {
        "region": F("user__supporter__program_region"), "language": F("user__language"), "course": F("course")
    }  # fmt: skip
    done = Qualification.objects.filter(
        user__supporter__isnull=False, completed_on__gte=period.first, completed_on__lt=period.after
    )
    return tallies(of(done, fields, asked, who=F("user_id")), asked, ROWS)


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
