"""Numbers of people served, sessions held and attendance, by program region and period ([PIA] rules 36 and 39).

Counted in the database. Whoever does not agree to being counted is in none of the figures about people.
What leaves this file is protected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Count, DateField, DateTimeField, F, Func, Min, QuerySet
from django.db.models.functions import Cast, TruncMonth, TruncQuarter

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from psp.models import ProgramRegion
from reporting import spans
from reporting.disclosure import CountTable, Key, ProtectedTable, protect
from reporting.periods import LENGTHS, Period, Span, containing
from reporting.spans import Figure
from sessions.choices import AttendanceStatus, SessionState
from sessions.models import Attendance, GroupSession

WAS_THERE = (AttendanceStatus.PRESENT, AttendanceStatus.LEFT_EARLY)
TRUNCATED = {Span.MONTH: TruncMonth, Span.QUARTER: TruncQuarter}
OF_PERSON, OF_GROUP = "participant__program_region", "group__program_region"
# No zone is further from UTC than this; the index on the time narrows the search first.
ZONES_APART = timedelta(days=1)

# Region → period → figure.
ByRegion = Mapping[str, Mapping[Period, Figure]]


@dataclass(frozen=True, slots=True)
class Report:
    """What a page or file is made of: protected tables with the one dimension "region"."""

    period: Period
    people: ProtectedTable
    sessions: ProtectedTable
    attendance: ProtectedTable


def finest() -> Span:
    """The shortest period that is reported: a program setting ([PIA] rule 12)."""
    return Span(settings.PSP_REPORT_FINEST)


def offered_spans() -> list[Span]:
    """The spans to choose from, the longest first."""
    return [span for span in (Span.YEAR, Span.QUARTER, Span.MONTH) if LENGTHS[span] >= LENGTHS[finest()]]


def first_day() -> date | None:
    """The day of the first session that was held; None before there is one."""
    begin = GroupSession.objects.filter(state=SessionState.HELD).aggregate(first=Min("starts_at"))["first"]
    return begin.date() if begin else None


def report(period: Period) -> Report:
    """The three protected tables of a period. DisclosureError where one cannot be proven safe."""
    year, rule = period.year, {"threshold": settings.PSP_SUPPRESSION_THRESHOLD, "finest": finest()}
    regions = sorted(ProgramRegion.objects.values_list("code", flat=True))

    def table(figures: ByRegion, shown: Callable[..., frozenset[Period]], **more: bool) -> ProtectedTable:
        visible = {code for code in regions if period in shown(year, figures[code], **rule, **more)}
        counts: dict[Key, int] = {(code,): figures[code].get(period, spans.NOTHING).count for code in regions}
        sensitive = frozenset((code,) for code in regions if code not in visible)
        made = CountTable(("region",), (tuple(regions),), MappingProxyType(counts), sensitive)
        return protect(made, settings.PSP_SUPPRESSION_THRESHOLD)

    return Report(
        period,
        people=table(people_served(year), spans.shown_people),
        sessions=table(sessions_held(year), spans.shown_sums, capped=True),
        attendance=table(attendances(year), spans.shown_sums),
    )


def people_served(year: Period) -> ByRegion:
    """How many different people came to a session, by their own program region, for each period of a fiscal year."""
    found: dict[str, dict[Period, Figure]] = defaultdict(dict)
    for span in offered_spans():
        for code, period, row in _by_period(
            counted(year), year, span, OF_PERSON, people=Count("participant", distinct=True)
        ):
            found[code][period] = Figure(row["people"], row["people"])
    return found


def attendances(year: Period) -> ByRegion:
    """How often people came to sessions, by their own program region."""
    found: dict[str, dict[Period, Figure]] = defaultdict(dict)
    wanted = {"visits": Count("pk"), "people": Count("participant", distinct=True)}
    for span in offered_spans():
        for code, period, row in _by_period(counted(year), year, span, OF_PERSON, **wanted):
            found[code][period] = Figure(row["visits"], row["people"])
    return found


def sessions_held(year: Period) -> ByRegion:
    """How many sessions took place, by the program region of the group."""
    found: dict[str, dict[Period, Figure]] = defaultdict(dict)
    held = _within(GroupSession.objects.filter(state=SessionState.HELD), year, "starts_at", "group__time_zone")
    for span in offered_spans():
        for code, period, row in _by_period(held, year, span, OF_GROUP, held=Count("pk")):
            found[code][period] = Figure(row["held"], row["held"])
    return found


def counted(year: Period) -> QuerySet[Any]:
    """Attendance of people who came, agree to being counted, at sessions that took place in this fiscal year."""
    there = Attendance.objects.filter(
        agrees(ConsentPurpose.RESULTS, "participant__user_id"), status__in=WAS_THERE, session__state=SessionState.HELD
    )
    return _within(there, year, "session__starts_at", "session__group__time_zone")


def _within(rows: QuerySet[Any], year: Period, starts: str, zone: str) -> QuerySet[Any]:
    """Rows whose session began in this fiscal year by the clock of its own group; adds `day`."""
    begin, end = (datetime.combine(day, time(), tzinfo=UTC) for day in (year.first, year.after))
    near = {f"{starts}__gte": begin - ZONES_APART, f"{starts}__lt": end + ZONES_APART}
    local = Func(F(zone), F(starts), function="timezone", output_field=DateTimeField())
    dated: QuerySet[Any] = rows.filter(**near).annotate(day=Cast(local, DateField()))
    return dated.filter(day__gte=year.first, day__lt=year.after)


def _by_period(
    rows: QuerySet[Any], year: Period, span: Span, region: str, **figures: Count
) -> Iterator[tuple[str, Period, dict[str, Any]]]:
    """(region code, period, figures) for every region and period of this span that has any."""
    grouped = rows.values(area=F(region))
    if span != Span.YEAR:
        grouped = rows.annotate(part=TRUNCATED[span]("day")).values("part", area=F(region))
    for row in grouped.order_by().annotate(**figures):
        yield row["area"], containing(row.get("part", year.first), span), row
