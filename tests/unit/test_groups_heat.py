"""The map says for each time of the week how many can come to all sessions; held against the plain rule, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groups.heat import SHADES, Spot, best, counts, shade, spots
from groups.pool_times import SeriesTime, attends
from intake.week import DAY, GRID, WEEK, merged

ZONES = ("America/Toronto", "America/Vancouver", "America/St_Johns", "America/Regina", "Asia/Kathmandu")
MONDAY = date(2026, 10, 5)  # the clocks of most places go back four weeks later


def series(minute: int, zone: str = "America/Toronto", minutes: int = 90, count: int = 10) -> SeriesTime:
    at = minute % DAY
    first = MONDAY + timedelta(days=minute // DAY)
    return SeriesTime(first, time(at // 60, at % 60), zone, count, minutes)


halves = st.integers(0, WEEK // GRID - 1).map(lambda half: half * GRID)
spans = st.builds(lambda start, long: (start, min(start + long * GRID, WEEK)), halves, st.integers(1, 40))


@dataclass(frozen=True)
class Who:
    week: tuple
    zone: str = "America/Toronto"
    busy: tuple = ()


weeks = st.lists(spans, max_size=6).map(merged)
people_of = st.lists(st.builds(Who, weeks.map(tuple), st.sampled_from(ZONES)), max_size=12)


@given(people_of, st.lists(halves, min_size=1, max_size=6, unique=True), st.sampled_from(ZONES), st.integers(15, 180))
def test_count_is_what_asking_everybody_one_by_one_gives(people, times, zone, minutes):
    offered = {minute: series(minute, zone, minutes) for minute in times}
    found = counts(people, offered)
    assert found == {minute: sum(attends(who.week, who.zone, one) for who in people) for minute, one in offered.items()}


def test_session_over_the_end_of_the_week_needs_both_sides_of_it():
    late = 6 * DAY + 23 * 60
    offered = {late: series(late)}
    sunday, monday = (6 * DAY + 22 * 60, WEEK), (0, 60)
    assert counts([Who((sunday, monday)), Who((sunday,)), Who((monday,))], offered) == {late: 1}


def test_evening_that_moves_on_another_clock_counts_only_for_who_has_both_hours():
    evening = DAY + 19 * 60
    here = (DAY + 17 * 60, DAY + 18 * 60 + 30)
    both = (DAY + 17 * 60, DAY + 19 * 60 + 30)
    assert counts([Who((here,), "America/Regina"), Who((both,), "America/Regina")], {evening: series(evening)}) == {
        evening: 1
    }


def test_who_has_another_group_on_one_of_the_dates_is_not_counted_at_that_time():
    evening, later = DAY + 18 * 60, DAY + 20 * 60
    fourth = datetime(2026, 10, 27, 22, 0, tzinfo=UTC)
    week = ((DAY + 18 * 60, DAY + 22 * 60),)
    who = Who(week, busy=((fourth, fourth + timedelta(hours=1)),))
    assert counts([who, Who(week)], {evening: series(evening), later: series(later)}) == {evening: 1, later: 2}


def test_nobody_and_no_time_is_no_fault():
    assert counts([], {0: series(0)}) == {0: 0}
    assert counts([Who(((0, 60),))], {}) == {}


@pytest.mark.parametrize(
    ("count", "expected"), [(0, 0), (3, 0), (4, 1), (5, 1), (6, 2), (10, 4), (11, 4), (12, SHADES), (13, SHADES)]
)
def test_shade_begins_with_a_group_and_ends_with_the_best_time(count, expected):
    assert shade(count, enough=4, most=12) == expected


def test_shade_of_the_only_possible_time_is_the_strongest():
    assert shade(4, enough=4, most=4) == SHADES
    assert shade(0, enough=0, most=0) == 0


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 10), st.integers(1, 30))
def test_shade_never_grows_weaker_with_more_people(one, other, enough, most):
    few, many = sorted((one, other))
    assert shade(few, enough=enough, most=most) <= shade(many, enough=enough, most=most) <= SHADES


def test_best_times_have_somebody_to_lead_first_then_most_people_then_come_earlier():
    found = spots({0: 9, 60: 7, 120: 7, 180: 3, 240: 8}, {60: 1, 120: 1, 180: 5}, enough=4)
    named = best(found, enough=4, leads_needed=1)
    assert [spot.minute for spot in named] == [60, 120, 0]
    assert named[0] == Spot(60, 7, 1, shade(7, enough=4, most=9))


def test_no_time_is_called_best_where_too_few_can_come():
    assert best(spots({0: 3}, {0: 1}, enough=4), enough=4, leads_needed=1) == []
