"""Who came, and to what: the figures of people and sessions, case by case."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reporting import record
from reporting.counters.base import counter
from reporting.disclosure import ALL
from reporting.models import Series
from reporting.periods import parse
from sessions.choices import AttendanceStatus, SessionState
from tests import factories as make
from tests.reporting_people import BOTH, a_region_with, a_session, came

pytestmark = pytest.mark.django_db


def counted(code: str, period: str, *names: str) -> dict[tuple[str, ...], int]:
    tallies = counter(code).count(parse(period), (names,))[names]
    return {key: tally.count for key, tally in tallies.items() if tally.count}


def test_people_are_counted_once_and_only_those_who_came_and_agreed():
    group, _persons, coordinator = a_region_with(12, sessions=3)
    session = group.sessions.first()
    for status in (AttendanceStatus.ABSENT, AttendanceStatus.LET_US_KNOW):
        came(session, make.a_participant(consents=BOTH), coordinator, status)
    came(session, make.a_participant(consents=["taking_part"]), coordinator)
    assert counted("people", "2026-05", "region") == {("QC",): 12, (ALL,): 12}
    assert counted("attendances", "2026-05", "status") == {
        ("present",): 36, ("absent",): 1, ("let_us_know",): 1, (ALL,): 38
    }  # fmt: skip


def test_withdrawn_consent_takes_a_person_out_of_what_is_counted_from_then_on():
    _group, persons, _coordinator = a_region_with(12, sessions=3)
    make.disagree(persons[0].user, "results")
    assert counted("people", "2026-05") == {(): 11}
    assert counted("attendances", "2026-05") == {(): 33}


def test_planned_and_cancelled_sessions_have_nobody():
    group, persons, coordinator = a_region_with(12, sessions=2)
    for number, state in ((3, SessionState.SCHEDULED), (4, SessionState.CANCELLED)):
        came(a_session(group, datetime(2026, 5, 20, 23, tzinfo=UTC), number, state), persons[0], coordinator)
    assert counted("attendances", "2026-05") == {(): 24}
    assert counted("sessions", "2026-05", "took_place") == {("held",): 2, ("cancelled",): 1, (ALL,): 3}


def test_day_is_the_one_on_the_clock_of_the_group():
    coordinator = make.a_coordinator("PAC")
    group = make.a_group(coordinator, program_region="PAC", region="BC", time_zone="America/Vancouver")
    # 31 March 2026, 20:30 in Vancouver is already April in Toronto and in UTC.
    a_session(group, datetime(2026, 4, 1, 3, 30, tzinfo=UTC))
    assert counted("sessions", "2026-04") == {}
    assert counted("sessions", "2026-03") == {(): 1}


@pytest.mark.parametrize("period", ["2026-05", "2026-Q1"])
def test_region_with_three_people_has_no_figure_that_tells_of_them(period):
    a_region_with(40, "ON", sessions=4)
    a_region_with(3, "QC", sessions=12)
    for code in ("people", "attendances"):
        names = ("region",) if code == "people" else ("region", "status")
        table = record.tables(Series.objects.get(code=code), parse(period))[names]
        assert table.value(region="QC") is None, "thirty-six visits of three people are hidden too"
        assert None in (table.value(region="ON"), table.value())


def test_number_of_questions_does_not_grow(django_assert_num_queries):
    a_region_with(2, sessions=2)
    asked = ((), ("region",), ("region", "kind"), ("affiliation",))
    with django_assert_num_queries(1):
        counter("people").count(parse("2026"), asked)
    a_region_with(15, "ON", sessions=5)
    with django_assert_num_queries(1):
        counter("people").count(parse("2026"), asked)
