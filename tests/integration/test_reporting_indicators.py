"""Figures from the database: right, protected, and without anybody who did not agree."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection

from groups.models import Membership
from psp.models import ProgramRegion
from reporting.disclosure import ALL, ProtectedTable
from reporting.indicators import attendances, people_served, report, sessions_held
from reporting.periods import parse
from sessions.choices import AttendanceStatus, SessionState
from tests import factories as make
from tests.reporting_people import BOTH, a_region_with, a_session, came, everybody_came

pytestmark = pytest.mark.django_db


def test_people_are_counted_once_and_only_those_who_came_and_agreed():
    group, persons, coordinator = a_region_with(12, sessions=3)
    session = group.sessions.first()
    for status in (AttendanceStatus.ABSENT, AttendanceStatus.LET_US_KNOW):
        came(session, make.a_participant(consents=BOTH), coordinator, status)
    came(session, make.a_participant(consents=["taking_part"]), coordinator)
    made = report(parse("2026-05"))
    assert made.people.value(region="QC") == 12
    assert made.attendance.value(region="QC") == 36
    assert made.people.value(region="ATL") == 0
    assert persons


def test_withdrawn_consent_takes_a_person_out_at_once():
    _group, persons, _coordinator = a_region_with(12, sessions=3)
    make.disagree(persons[0].user, "results")
    made = report(parse("2026-05"))
    assert (made.people.value(region="QC"), made.attendance.value(region="QC")) == (11, 33)


def test_planned_and_cancelled_sessions_are_in_no_figure():
    group, persons, coordinator = a_region_with(12, sessions=2)
    for number, state in ((3, SessionState.SCHEDULED), (4, SessionState.CANCELLED)):
        came(a_session(group, datetime(2026, 5, 20, 23, tzinfo=UTC), number, state), persons[0], coordinator)
    assert report(parse("2026-05")).attendance.value(region="QC") == 24


def test_day_is_the_one_on_the_clock_of_the_group():
    coordinator = make.a_coordinator("PAC")
    group = make.a_group(coordinator, program_region="PAC", region="BC", time_zone="America/Vancouver")
    # 31 March 2026, 20:30 in Vancouver is already April in Toronto and in UTC.
    a_session(group, datetime(2026, 4, 1, 3, 30, tzinfo=UTC))
    assert not sessions_held(parse("2026"))["PAC"]
    assert sessions_held(parse("2025"))["PAC"][parse("2026-03")].count == 1


@pytest.mark.parametrize("period", ["2026", "2026-Q1", "2026-05"])
def test_region_with_three_people_has_no_figure_and_none_that_gives_it_away(period):
    a_region_with(40, "ON", sessions=4)
    a_region_with(3, "QC", sessions=12)
    made = report(parse(period))
    for table in (made.people, made.attendance):
        assert table.value(region="QC") is None, "thirty-six visits of three people are hidden too"
        assert (table.value(region="ON") is None) != (table.value(region=ALL) is None), "one of them is enough"


def test_report_is_made_of_protected_tables_only():
    made = report(parse("2026"))
    assert all(isinstance(table, ProtectedTable) for table in (made.people, made.sessions, made.attendance))
    assert all(value == 0 for value in made.people.values.values())


def test_number_of_queries_does_not_grow(django_assert_num_queries):
    a_region_with(2, sessions=2)
    with django_assert_num_queries(10):
        report(parse("2026"))
    a_region_with(15, "ON", sessions=5)
    with django_assert_num_queries(10):
        report(parse("2026"))


BY_HAND = """
    SELECT u.program_region_id, count(DISTINCT u.id), count(*)
    FROM peer_sessions_attendance a
    JOIN peer_sessions_groupsession s ON s.id = a.session_id
    JOIN groups_peergroup g ON g.id = s.group_id
    JOIN intake_participant u ON u.id = a.participant_id
    WHERE a.status IN ('present', 'left_early') AND s.state = 'held'
      AND (s.starts_at AT TIME ZONE g.time_zone) >= %s AND (s.starts_at AT TIME ZONE g.time_zone) < %s
      AND u.user_id IN (
          SELECT c.person_id FROM consent_consent c LEFT JOIN consent_withdrawal w ON w.consent_id = c.id
          WHERE c.purpose = 'results' AND w.id IS NULL)
    GROUP BY 1"""


def seeded(seed: int) -> None:
    """A year of groups, people and attendance, with some who never agreed and some who took it back."""
    chance = Random(seed)
    for region in ("QC", "ON", "BC"):
        group, persons, coordinator = a_region_with(0, region, sessions=0)
        persons = [make.a_participant(region, consents=BOTH[: chance.choice([1, 2, 2, 2])]) for _n in range(18)]
        for person in persons[:2]:
            make.disagree(person.user, "results")
        for number in range(1, 31):
            at = datetime(2026, 3, 20, 12, tzinfo=UTC) + timedelta(hours=chance.randrange(24 * 380))
            session = a_session(group, at, number, chance.choice([SessionState.HELD] * 4 + [SessionState.CANCELLED]))
            sample = chance.sample(persons, 12)
            everybody_came(session, sample, coordinator, lambda: chance.choice(AttendanceStatus.values))


def test_figures_equal_an_independent_count():
    seeded(7)
    for code in ("2026", "2026-Q2", "2026-07", "2027-03"):
        period = parse(code)
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, [period.first, period.after])
            by_hand = {region: (people, visits) for region, people, visits in cursor.fetchall()}
        people, visits = people_served(period.year), attendances(period.year)
        counted = {
            region: (people[region][period].count, visits[region][period].count)
            for region in people if period in people[region]
        }  # fmt: skip
        assert counted == by_hand, code
        assert by_hand, code


def test_published_figures_are_the_true_ones_or_hidden():
    seeded(3)
    made, period = report(parse("2026")), parse("2026")
    true = Counter({region: figures[period].count for region, figures in people_served(period).items()})
    for region in ProgramRegion.objects.all():
        assert made.people.value(region=region.code) in (true[region.code], None)
    assert not Membership.objects.exists()
    assert date(2026, 4, 1) == period.first
