"""What else was given: calls after a group, other services and goods, and registrations on other platforms.

[PIA] rules 11 and 36. Goods and services, and what platforms send, are numbers from the start: no person is known.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F, Q

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from psp.choices import Role
from psp.models import RoleAssignment
from reporting.counters.base import Breakdown, Counted, Counter, add_counter
from reporting.counters.beginning import first_day
from reporting.counters.composed import composed
from reporting.counters.grouping import ROWS, Source, Sums, of, tallies, within
from reporting.models_given import Given
from reporting.models_platform import Platform, PlatformFigure
from reporting.periods import Period, Span, since
from sessions.choices import CallOffer
from sessions.models import FollowUpOffer

Asked = tuple[Breakdown, ...]
OF_CALL = {"region": F("participant__program_region"), "language": F("participant__user__language")}
# What was given to nobody knows whom: behind a figure stand at least so many as in the fullest month and kind of each
# region, where nobody lives in two.
GIVEN = Sums(
    "coalesce(sum(times), 0)",
    "(SELECT coalesce(sum(most), 0) FROM (SELECT max(behind) AS most FROM"
    " unnest(array_agg(at), array_agg(people)) AS each (at, behind) GROUP BY at) AS fullest)",
)
GAVE = """
    SELECT kind_id AS by_given, region_id AS by_region, region_id AS at, number AS times, people
    FROM reporting_given WHERE month >= %s AND month < %s
"""
# A platform says how many people registered, each in its own month.
REGISTRATIONS = Sums("coalesce(sum(times), 0)", "coalesce(sum(times), 0)")
REGISTERED = """
    SELECT platform.code AS by_platform, coalesce(region.code, province.program_region_id, 'unknown') AS by_place,
           figure.registrations AS times
    FROM reporting_platformfigure AS figure JOIN reporting_platform AS platform ON platform.id = figure.platform_id
    LEFT JOIN psp_programregion AS region ON region.code = figure.region
    LEFT JOIN psp_region AS province ON province.code = figure.region
    WHERE figure.month >= %s AND figure.month < %s
"""


def follow_up_calls(period: Period, asked: Asked) -> Counted:
    """Calls that were held after the last session of an informal group, with those who wanted one."""
    return tallies(_calls(period, asked), asked, ROWS)


@composed
def _calls(period: Period, asked: Asked, today: date) -> Source:
    counted = agrees(ConsentPurpose.RESULTS, "participant__user_id", on=today)
    held = FollowUpOffer.objects.filter(counted, state=CallOffer.DONE)
    return of(within(held, period, "finished_at"), OF_CALL, asked, who=F("participant_id"))


def given(period: Period, asked: Asked) -> Counted:
    """How often goods and services were given, as coordinators type it month by month."""
    return tallies(Source(GAVE, (period.first, period.after)), asked, GIVEN)


def registrations(period: Period, asked: Asked) -> Counted:
    """People who registered with other platforms, as those say it month by month."""
    return tallies(Source(REGISTERED, (period.first, period.after)), asked, REGISTRATIONS)


def months_of(period: Period) -> list[Period]:
    """Those of which numbers are expected: nothing was given before there was a program."""
    months, begin = since(period.first, period.after - timedelta(days=1), Span.MONTH), first_day()
    return [month for month in months if begin is None or month.after > begin]


def given_entered(period: Period) -> bool:
    """Whether something was typed for each month by every region that has a coordinator to type it, and by anybody at
    all where none has; 0 is something."""
    coordinators = RoleAssignment.objects.filter(role=Role.COORDINATOR, user__is_active=True)
    regions = set(coordinators.values_list("region_id", flat=True))
    typed: dict[date, set[str]] = {}
    for month, region in Given.objects.filter(month__gte=period.first, month__lt=period.after).values_list(
        "month", "region_id"
    ):
        typed.setdefault(month, set()).add(region)
    return all(month.first in typed and regions <= typed[month.first] for month in months_of(period))


def numbers_entered(period: Period) -> bool:
    """Whether every platform that was open then has a number for each month, 0 where nobody registered."""
    open_ones = list(Platform.objects.filter(Q(closed_on=None) | Q(closed_on__gte=period.first)))
    sent = set(
        PlatformFigure.objects.filter(month__gte=period.first, month__lt=period.after).values_list("platform", "month")
    )
    return all(
        (one.pk, month.first) in sent
        for one in open_ones
        for month in months_of(period)
        if one.closed_on is None or month.first <= one.closed_on
    )


def register() -> None:
    add_counter(Counter("follow_up_calls", frozenset(OF_CALL), follow_up_calls))
    add_counter(Counter("given", frozenset({"given", "region"}), given, entered=given_entered))
    add_counter(Counter("registrations", frozenset({"platform", "place"}), registrations, entered=numbers_entered))
