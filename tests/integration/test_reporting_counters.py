"""What can be counted: every definition names a counter, dimensions and parts that exist, and margins fit."""

from __future__ import annotations

import pytest

from reporting import counting
from reporting.counters.base import all_counters, counter
from reporting.definitions.faults import faults
from reporting.dimensions import codes
from reporting.models import Series
from reporting.periods import Span, parse

pytestmark = pytest.mark.django_db
PERIODS = ["2026-05", "2026-Q2", "2026"]


def test_every_definition_can_be_counted():
    found = {series.code: faults(series) for series in Series.objects.all()}
    assert len(found) >= 18
    assert not {code: said for code, said in found.items() if said}


def test_every_counter_is_used_by_a_definition():
    assert {one.code for one in all_counters()} <= set(Series.objects.values_list("counter", flat=True))


@pytest.mark.parametrize("code", PERIODS)
def test_every_definition_is_counted_with_every_cell_where_there_is_nothing_yet(code):
    for series in Series.objects.all():
        for table in counting.count_tables(series, parse(code)):
            assert set(table.counts.values()) == {0}, (series.code, table.dimensions)
            assert table.dimensions == ("total",) or table.categories == tuple(map(codes, table.dimensions))


def test_definition_with_a_dimension_that_the_counter_does_not_know_says_so():
    series = Series.objects.get(code="people")
    series.breakdowns = [["region", "referred_to"], ["region", "kind", "language"], ["region", "region"], []]
    assert len(faults(series)) == 4
    series.counter = "nothing"
    assert faults(series) == ["counter nothing is not known"]


def test_referrals_are_asked_for_within_the_decisions_to_refer():
    series = Series.objects.get(code="decisions")
    series.breakdowns = [["referred_to"]]
    assert faults(series) == ["breakdown ['referred_to']"]
    assert counter("decisions").only == {"referred_to": "outcome=referred"}


@pytest.mark.parametrize(
    ("spans", "shown"),
    [(["month", "quarter", "year"], ["2027-03", "2026-06", "2026-05"]), (["quarter", "year"], ["2026-Q4", "2026-Q1"])],
)
def test_how_things_stand_is_told_of_the_last_part(spans, shown):
    codes = ["2026", "2026-Q1", "2026-05"][: len(shown)]
    allowed = [Span(one) for one in spans]
    assert [counting.spoken_for(parse(code), stock=True, spans=allowed).code for code in codes] == shown
    assert [counting.spoken_for(parse(code), stock=False, spans=allowed).code for code in codes] == codes
