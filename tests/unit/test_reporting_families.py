"""Which periods tell something of each other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.freezing.families import around, inside, nestings, overlap, parts_of
from reporting.periods import LENGTHS, Period, Span, containing, parse

ALL_SPANS = tuple(Span)
PERIODS = st.builds(containing, st.dates(), st.sampled_from(ALL_SPANS))


def codes(periods) -> list[str]:
    return [one.code for one in periods]


def test_parts_are_the_next_shorter_periods_that_are_counted():
    year = parse("2026")
    assert codes(parts_of(year, ALL_SPANS)) == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert codes(parts_of(year, [Span.YEAR, Span.MONTH])) == [f"2026-{month:02}" for month in range(4, 13)] + [
        f"2027-{month:02}" for month in range(1, 4)
    ]
    assert parts_of(year, [Span.YEAR]) == ()


def test_every_part_comes_before_its_whole():
    order = codes(inside(parse("2026"), ALL_SPANS))
    assert order[:4] == ["2026-04", "2026-05", "2026-06", "2026-Q1"]
    assert len(order) == 16


def test_longer_periods_around_come_shortest_first():
    assert codes(around(parse("2026-05"), ALL_SPANS)) == ["2026-Q1", "2026"]
    assert codes(around(parse("2026-05"), [Span.MONTH, Span.YEAR])) == ["2026"]


@given(period=PERIODS, spans=st.sets(st.sampled_from(ALL_SPANS)))
def test_parts_cover_the_whole_without_a_gap(period: Period, spans: set[Span]):
    parts = parts_of(period, spans)
    if parts:
        assert parts[0].first == period.first
        assert parts[-1].after == period.after
        assert all(one.after == other.first for one, other in pairwise(parts))
        assert {one.span for one in parts} <= spans
    for part in inside(period, spans):
        assert overlap(part, period)
        assert LENGTHS[part.span] < LENGTHS[period.span]


@given(one=PERIODS, other=PERIODS)
def test_two_periods_overlap_where_a_day_is_in_both(one: Period, other: Period):
    assert overlap(one, other) == overlap(other, one) == (max(one.first, other.first) < min(one.after, other.after))


@pytest.mark.parametrize("adds", [True, False])
def test_nestings_name_all_parts_and_whether_they_add_up(adds):
    (made,) = nestings([parse("2026-Q1"), parse("2026-05")], ALL_SPANS, adds=adds)
    assert (made.dimension, made.whole, made.parts, made.adds) == (
        "period", "2026-Q1", ("2026-04", "2026-05", "2026-06"), adds,
    )  # fmt: skip
