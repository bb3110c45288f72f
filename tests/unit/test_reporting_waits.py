"""The median wait counts those who still wait, and says nothing about few people."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.waiting.estimate import Outcome, Waits, median_days, published

DAYS = st.lists(st.integers(0, 400), min_size=1, max_size=60)


@given(DAYS)
def test_where_nobody_waits_any_more_it_is_the_usual_median(days):
    assert median_days(Counter(days), {}) == sorted(days)[(len(days) - 1) // 2]


@given(DAYS, st.lists(st.integers(0, 400), max_size=60))
def test_those_who_still_wait_never_make_the_wait_look_shorter_than_half_of_all_prove(over, still):
    found = median_days(Counter(over), Counter(still))
    if found is None:
        return
    # Half have their answer by then even if those who waited as long without one are counted as answered.
    answered_or_gone = sum(day <= found for day in [*over, *still])
    assert 2 * answered_or_gone >= len(over) + len(still)


@given(DAYS, st.integers(1, 60))
def test_people_who_wait_longer_than_all_others_make_the_median_longer(over, more):
    alone = median_days(Counter(over), {})
    with_more = median_days(Counter(over), {1000: more})
    assert with_more is None or with_more >= alone


def test_long_waits_that_are_not_over_are_not_forgotten():
    """Ten had an answer within a week, thirty wait since a year: "a week" would be a lie."""
    assert median_days({7: 10}, {365: 30}) is None
    assert published(Waits({7: 10}, {365: 30}, 10, 40), 10) == (Outcome.WAITING, None)


@pytest.mark.parametrize("threshold", [5, 10])
@given(days=DAYS)
def test_property_35_nothing_is_said_about_fewer_people_than_the_threshold(threshold, days):
    people = len(days)
    outcome, weeks = published(Waits(Counter(days), {}, people, people), threshold)
    assert (outcome == Outcome.KNOWN) == (people >= threshold)
    assert (weeks is None) == (people < threshold)


def test_property_35_people_count_once_however_often_they_applied():
    assert published(Waits({3: 12}, {}, people=4, all_people=4), 10) == (Outcome.TOO_FEW, None)


@given(DAYS.filter(lambda days: len(days) >= 5))
def test_property_35_only_whole_weeks_leave_and_never_too_few(days):
    found = median_days(Counter(days), {})
    _outcome, weeks = published(Waits(Counter(days), {}, len(days), len(days)), 5)
    assert 7 * (weeks - 1) <= found < 7 * weeks
