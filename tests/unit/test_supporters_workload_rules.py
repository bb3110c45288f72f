"""Limits, weeks, pay periods and totals: each against a plain restatement."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from supporters.hours import rules
from supporters.hours.rules import Allowance, Period, Week

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
LENGTHS = st.integers(7, 31)
TORONTO, ST_JOHNS = ZoneInfo("America/Toronto"), ZoneInfo("America/St_Johns")
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
ALLOWANCE = Allowance(preparation=30, debrief=30, supervision=60, supervision_days=14)


# --- Limits ---


@given(st.integers(0, 60), st.lists(st.none() | st.integers(0, 60)))
def test_lowest_limit_is_under_every_one_that_was_said_and_one_of_them(program, others):
    found = rules.lowest(program, *others)
    said = [program, *(one for one in others if one is not None)]
    assert found in said
    assert all(found <= one for one in said)


def test_own_limit_may_only_be_lower():
    assert rules.only_lower(3, None)
    assert rules.only_lower(3, 0)
    assert rules.only_lower(3, 3)
    assert not rules.only_lower(3, 4)


# --- Weeks ---


@given(DAYS, st.integers(0, 60))
def test_mondays_are_those_of_every_day_between(first, more):
    last = first + timedelta(days=more)
    days = [first + timedelta(days=number) for number in range(more + 1)]
    assert rules.mondays(first, last) == sorted({day - timedelta(days=day.weekday()) for day in days})


@given(st.lists(st.integers(1, 480), max_size=10), st.integers(0, 240), st.integers(0, 240), st.integers(0, 480),
       st.integers(1, 92), st.booleans())  # fmt: skip
def test_hours_of_a_week_count_begun_ones(lengths, preparation, debrief, supervision, days, supervised):
    allowance = Allowance(preparation, debrief, supervision, days)
    found = rules.planned_week(lengths, allowance, supervised=supervised)
    minutes = Decimal(sum(lengths) + len(lengths) * (preparation + debrief))
    minutes += Decimal(supervision * 7) / days if supervised else 0
    assert found.sessions == len(lengths)
    assert found.hours * 60 >= minutes - Decimal("1e-9") > (found.hours - 1) * 60


def test_week_without_sessions_or_supervision_holds_nothing():
    assert rules.planned_week([], ALLOWANCE, supervised=False) == Week(0, 0)


def test_two_sessions_of_ninety_minutes_with_what_comes_with_them():
    assert rules.planned_week([90, 90], ALLOWANCE, supervised=False) == Week(2, 5)
    assert rules.planned_week([90, 90], ALLOWANCE, supervised=True) == Week(2, 6)


# --- Days on which the clocks change ---


def test_day_in_spring_has_23_hours_and_one_in_autumn_25():
    assert rules.day_minutes(SPRING, TORONTO) == 23 * 60
    assert rules.day_minutes(AUTUMN, ST_JOHNS) == 25 * 60
    assert rules.day_minutes(date(2026, 7, 1), TORONTO) == 24 * 60


def test_minutes_are_real_ones_across_a_change_of_clocks():
    start, end = rules.span(SPRING, time(1, 30), time(3, 30), TORONTO)
    assert rules.minutes_between(start, end) == 60
    start, end = rules.span(AUTUMN, time(0, 30), time(3, 30), TORONTO)
    assert rules.minutes_between(start, end) == 240


def test_minutes_of_two_moments_on_one_wall_are_not_those_of_the_wall():
    """Two moments with the same zone are subtracted by the wall's clock: here they must not be."""
    early = datetime(2026, 3, 8, 1, 30, tzinfo=TORONTO)
    late = datetime(2026, 3, 8, 3, 30, tzinfo=TORONTO)
    assert (late - early) == timedelta(hours=2)
    assert rules.minutes_between(early, late) == 60


def test_hour_that_is_left_out_in_spring_is_not_shown():
    assert not rules.shown(SPRING, time(2, 30), TORONTO)
    assert rules.shown(SPRING, time(3, 0), TORONTO)
    assert rules.shown(AUTUMN, time(1, 30), TORONTO)


def test_end_before_begin_is_on_the_day_after():
    start, end = rules.span(date(2026, 7, 1), time(23), time(0, 30), TORONTO)
    assert rules.minutes_between(start, end) == 90
    assert start == datetime(2026, 7, 2, 3, tzinfo=UTC)


# --- Pay periods ---


@given(DAYS, DAYS, LENGTHS)
def test_every_day_lies_in_one_period_and_periods_leave_no_gap(day, anchor, days):
    found = rules.period_of(day, anchor, days)
    assert day in found
    assert (found.last - found.first).days == days - 1
    assert (found.first - anchor).days % days == 0
    assert rules.period_of(found.first, anchor, days) == rules.period_of(found.last, anchor, days) == found
    assert rules.period_of(found.last + timedelta(days=1), anchor, days).first == found.last + timedelta(days=1)


@given(DAYS, DAYS, LENGTHS, LENGTHS, st.integers(1, 12))
def test_what_is_paid_next_leaves_no_day_out_whatever_the_settings_become(worked, anchor, days, other, count):
    found = [rules.next_to_pay(None, worked, anchor, days)]
    for number in range(count):
        length = other if number % 2 else days
        found.append(rules.next_to_pay(found[-1].last, worked, anchor + timedelta(days=number), length))
    assert worked in found[0]
    for before, after in pairwise(found):
        assert after.first == before.last + timedelta(days=1)
        assert after.first <= after.last


def test_period_knows_its_days():
    period = Period(date(2026, 1, 5), date(2026, 1, 18))
    assert date(2026, 1, 18) in period
    assert date(2026, 1, 19) not in period


# --- Totals ---


@given(st.lists(st.tuples(st.sampled_from(["leading", "travel", "debrief"]), st.integers(-1440, 1440))))
def test_totals_by_kind_come_to_the_whole(lines):
    found = rules.totals(lines)
    assert sum(found.values()) == sum(minutes for _kind, minutes in lines)
    assert set(found) == {kind for kind, _minutes in lines}


@given(st.integers(-(10**6), 10**6))
def test_hours_with_two_decimals_are_rounded_as_on_paper(minutes):
    exact = (Decimal(abs(minutes)) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(rules.decimal_hours(minutes)) == (-exact if minutes < 0 else exact)
    assert rules.decimal_hours(0) == "0.00"
