"""How long records are kept: the law's floor, the ceiling, holds, and the calendar ([PIA] rule 15)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.retention_rules import (
    FLOOR_MONTHS,
    MOST_MONTHS,
    Problem,
    Standing,
    Terms,
    after,
    before,
    by_month,
    may_go,
    next_months,
    problem_of,
    standing_of,
)

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
MONTHS = st.integers(FLOOR_MONTHS, 120)
TERMS = Terms(24, 30)


@pytest.mark.parametrize(
    ("months", "ceiling", "found"),
    [
        (24, 24, None), (24, 30, None), (23, 30, Problem.FLOOR), (0, 0, Problem.FLOOR), (30, 29, Problem.CEILING),
        (24, MOST_MONTHS + 1, Problem.CEILING),
    ],
)  # fmt: skip
def test_floor_and_ceiling_of_a_rule(months, ceiling, found):
    assert problem_of(months, ceiling) is found
    if found:
        with pytest.raises(ValueError, match=found):
            Terms(months, ceiling)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 26), 24, date(2028, 11, 26)), (date(2028, 2, 29), 24, date(2030, 3, 1)),
        (date(2026, 12, 31), 2, date(2027, 3, 1)), (date(2026, 12, 1), 24, date(2028, 12, 1)),
    ],
)  # fmt: skip
def test_so_many_months_later_is_never_too_early(day, months, then):
    assert after(day, months) == then


@given(DAYS, MONTHS)
def test_two_years_are_over_and_not_a_day_earlier(last_use, months):
    due = after(last_use, months)
    assert due >= last_use + timedelta(days=730)
    assert standing_of(Terms(months, months), last_use=last_use, held=False, today=due - timedelta(days=1)) == (
        Standing.NOT_YET
    )
    assert may_go(standing_of(Terms(months, months), last_use=last_use, held=False, today=due))


@given(DAYS, MONTHS)
def test_whatever_was_used_before_the_cutoff_is_due(today, months):
    assert after(before(today, months), months) <= today
    assert after(before(today, months) - timedelta(days=1), months) <= today


def test_hold_keeps_what_is_past_its_ceiling():
    long_ago = date(2001, 1, 1)
    assert standing_of(TERMS, last_use=long_ago, held=True, today=date(2026, 11, 26)) == Standing.HELD
    assert standing_of(TERMS, last_use=long_ago, held=False, today=date(2026, 11, 26)) == Standing.LATE


def test_what_is_in_use_stays():
    assert standing_of(TERMS, last_use=None, held=False, today=date(2026, 11, 26)) == Standing.IN_USE


@given(st.lists(DAYS), DAYS)
def test_calendar_counts_everything_that_falls_due_until_its_end(days, today):
    counts = by_month(days, today)
    assert list(counts) == next_months(today)
    assert len(counts) == 12
    assert sum(counts.values()) == sum(day < after(next_months(today)[0], 12) for day in days)
