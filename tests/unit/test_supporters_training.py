"""When a course is completed, how long that counts, and when a cohort meets: against plain restatements."""

from __future__ import annotations

from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supporters.training.rules import Meeting, Rule, counts_through, progress, weekly

MODULES = st.integers(1, 5)
MEETINGS = st.lists(
    st.builds(Meeting, module=st.none() | MODULES, took_place=st.booleans(), learned=st.booleans()), max_size=12
)
RULES = st.builds(Rule, fewest=st.none() | st.integers(1, 12), needed=st.frozensets(MODULES))


@given(MEETINGS, RULES)
def test_completion_is_enough_sessions_and_every_needed_module(meetings, rule):
    """In words: of what took place, at least so many (all, if no number is said; all, if there were fewer); and each
    needed module in one of them."""
    held = [one for one in meetings if one.took_place]
    there = [one for one in held if one.learned]
    asked = len(held) if rule.fewest is None else rule.fewest
    enough = len(there) >= asked or len(there) == len(held)
    modules = all(any(one.module == module for one in there) for module in rule.needed)
    assert progress(meetings, rule).is_complete == (bool(there) and enough and modules)


@given(MEETINGS, RULES, st.integers(0, 11))
def test_learning_one_more_session_never_undoes_completion(meetings, rule, which):
    before = progress(meetings, rule)
    more = [
        Meeting(one.module, one.took_place, True) if place == which else one for place, one in enumerate(meetings)
    ]  # fmt: skip
    assert progress(more, rule).is_complete or not before.is_complete


def test_cancelled_sessions_count_for_and_against_nobody():
    meetings = [Meeting(1, True, True), Meeting(2, False, False)]
    assert progress(meetings, Rule(None)).is_complete
    assert progress(meetings, Rule(8)).is_complete
    # A needed module that was cancelled has to be caught up with.
    assert progress(meetings, Rule(None, frozenset({1, 2}))).missing == (2,)


def test_cohort_without_sessions_completes_nothing():
    assert not progress([], Rule(None)).is_complete


@pytest.mark.parametrize(
    ("completed", "months", "through"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)), (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)), (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 1, 15), 24, date(2028, 1, 15)), (date(2026, 1, 15), None, None),
    ],
)  # fmt: skip
def test_renewal_date_is_the_same_day_or_the_last_of_its_month(completed, months, through):
    assert counts_through(completed, months) == through


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 120))
def test_renewal_is_that_many_months_later_and_never_in_the_month_after(completed, months):
    through = counts_through(completed, months)
    assert through is not None
    assert (through.year * 12 + through.month) - (completed.year * 12 + completed.month) == months
    last_of_month = (through.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    assert through.day == min(completed.day, last_of_month.day)


@given(
    st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.times(time(8), time(21)), st.integers(30, 180),
    st.sampled_from(["America/Toronto", "America/St_Johns", "America/Vancouver", "America/Regina"]),
)  # fmt: skip
def test_cohort_meets_every_week_at_the_same_time_on_the_wall(first, at, minutes, zone):
    at = at.replace(second=0, microsecond=0, tzinfo=None)
    slots = weekly(first, at, zone, minutes, [(10 + week, week) for week in range(1, 11)])
    on_wall = [slot.starts_at.astimezone(ZoneInfo(zone)) for slot in slots]
    assert {moment.time() for moment in on_wall} == {at}
    assert [moment.date() for moment in on_wall] == [first + timedelta(weeks=week) for week in range(10)]
    assert {slot.ends_at - slot.starts_at for slot in slots} == {timedelta(minutes=minutes)}
    assert [slot.number for slot in slots] == list(range(1, 11))


def test_two_modules_of_one_week_follow_each_other():
    one, two, three = weekly(date(2026, 11, 30), time(18), "America/Toronto", 60, [(3, 2), (1, 1), (2, 1)])
    assert (one.module, two.module, three.module) == (1, 2, 3)
    assert two.starts_at == one.ends_at
    assert three.starts_at.astimezone(UTC).date() == date(2026, 12, 7)
