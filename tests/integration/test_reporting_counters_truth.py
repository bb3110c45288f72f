"""Every figure of every definition equals an independent count, and none knows anybody who did not agree."""

from __future__ import annotations

import pytest

from reporting.choices import Topic
from reporting.counters.base import counter
from reporting.counting import free, held
from reporting.models import Series
from reporting.periods import Span, parse
from tests.reporting_truth import TRUTHS, Truth, ask, cells
from tests.reporting_world import World

pytestmark = pytest.mark.django_db
PERIODS = ["2026-06", "2026-11", "2026-Q2", "2026", "2025"]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Made once for all tests of this file, in a transaction that is never kept."""
    from django.db import connections, transaction

    with django_db_blocker.unblock():
        with transaction.atomic(), transaction.atomic(using="keys"):
            yield World(7)
            for alias in ("default", "keys"):
                transaction.set_rollback(True, using=alias)
        assert all(connections[alias].in_atomic_block is False for alias in ("default", "keys"))


def definitions():
    """All but those of what people said: sealed answers are opened one by one, which no SQL can."""
    return Series.objects.exclude(topic=Topic.ANSWERS)


def of_tally(tally) -> Truth:
    return Truth(tally.count, tally.people, tally.statistics.get("median"), tally.statistics.get("p90"))


def compare(series: Series, code: str) -> int:
    """How many cells were compared."""
    period, which = parse(code), counter(series.counter)
    sql, count = TRUTHS[series.counter]
    asked = [(), *((*held(tuple(one)), *free(tuple(one))) for one in series.breakdowns)]
    rows, counted = ask(sql, period.first, period.after), which.count(period, tuple(asked))
    seen = 0
    for names in asked:
        true = dict(cells(rows, names, count))
        true = {key: truth for key, truth in true.items() if truth.people}
        found = {key: of_tally(tally) for key, tally in counted[names].items() if tally.people}
        if "referred_to" in names:
            part = {key: (truth.count, truth.people) for key, truth in true.items() if key[0] == "referred"}
            assert {key: (one.count, one.people) for key, one in found.items() if key[0] == "referred"} == part
            continue
        assert found == true, (series.code, code, names)
        seen += len(found)
    return seen


@pytest.mark.parametrize("code", PERIODS)
def test_every_figure_of_every_definition_equals_an_independent_count(world, code):
    compared = {series.code: compare(series, code) for series in definitions()}
    assert len(compared) >= 19
    if code == "2026":
        assert not [code for code, cells in compared.items() if not cells]


def test_months_add_up_where_the_definition_says_so(world):
    for series in definitions():
        which, names = counter(series.counter), ((),)
        if which.adds:
            months = [month for quarter in parse("2026").parts() for month in quarter.parts()]
            parts = sum(which.count(month, names)[()][()].count for month in months)
            assert parts == which.count(parse("2026"), names)[()][()].count, series.code
        assert Span.YEAR in series.spans


def test_categories_of_a_split_make_up_the_whole(world):
    for series in definitions():
        which = counter(series.counter)
        if not which.split:
            continue
        tallies = which.count(parse("2026"), ((which.split,),))[which.split,]
        assert tallies["*",].count == sum(tally.count for key, tally in tallies.items() if key != ("*",)) > 0


def test_dimensions_that_do_not_overlap_add_up(world):
    for series in definitions():
        which = counter(series.counter)
        for name in which.dimensions - which.overlapping - set(which.only):
            tallies = which.count(parse("2026"), ((name,),))[name,]
            total = sum(tally.count for key, tally in tallies.items() if key != ("*",))
            assert tallies["*",].count == total, (series.code, name)
