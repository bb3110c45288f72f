"""Means beside counts: shown where they leave every hidden number as open as it was, withheld where they do not."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.answers.audit import HALF, Sides, tells_nothing
from reporting.answers.change import change_of

T = 10
SCORES = range(1, 6)


def sides(pairs, *, hidden_before=(), hidden_after=()):
    found = change_of(pairs)
    assert found is not None
    counts = [{score: sum(pair[at] == score for pair in pairs) for score in SCORES} for at in (0, 1)]
    before, after = (
        {score: None if score in hidden else number for score, number in one.items()}
        for one, hidden in zip(counts, (hidden_before, hidden_after), strict=True)
    )
    shown = {"before": found.before, "after": found.after, "change": found.change, "low": found.low, "high": found.high}
    return Sides(len(pairs), before, after, shown)


def test_nothing_hidden_nothing_told():
    assert tells_nothing(sides([(2, 4)] * 14 + [(4, 3)] * 12), T)


def test_fewer_than_the_threshold_is_never_enough():
    assert not tells_nothing(sides([(2, 4)] * 5 + [(4, 3)] * 4), T)


def test_mean_near_the_end_of_the_scale_gives_a_small_number_away():
    """Eleven of twelve said 1: with the mean of 1.1 everybody can work out that one said 2."""
    pairs = [(1, 1)] * 11 + [(2, 4)]
    assert not tells_nothing(sides(pairs, hidden_before=(1, 2), hidden_after=(1, 4)), T)


def test_mean_of_many_spread_people_tells_nothing():
    pairs = [(before, after) for before, after in product(SCORES, SCORES) for _more in range(3)]
    assert tells_nothing(sides([*pairs, (1, 5)], hidden_before=SCORES, hidden_after=SCORES), T)


def test_two_hidden_numbers_and_a_mean_are_two_equations():
    """Before: 4 said 1 and 12 said 5, both hidden; their sum and the mean give both."""
    pairs = [(1, 3)] * 4 + [(5, 3)] * 12 + [(3, 4)] * 20
    assert not tells_nothing(sides(pairs, hidden_before=(1, 5)), T)


def by_hand(known: Sides, threshold: int) -> bool:
    """Without the interval: every whole number of people in each hidden place that fits total and mean of one side."""
    for by_score, name in ((known.before, "before"), (known.after, "after")):
        hidden = [score for score, value in by_score.items() if value is None]
        rest = {score: value for score, value in by_score.items() if value is not None}
        left = known.people - sum(rest.values())
        fits = [
            found for found in product(range(1, left + 1), repeat=len(hidden)) if sum(found) == left
            and abs((sum(score * value for score, value in [*rest.items(), *zip(hidden, found, strict=True)]))
                    / known.people - known.shown[name]) <= HALF + 1e-9
        ]  # fmt: skip
        for at in range(len(hidden)):
            values = {found[at] for found in fits}
            if min(values) > 1 or max(values) < threshold:
                return False
    return True


few = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=10, max_size=30)


@settings(max_examples=200, deadline=None)
@given(few, st.integers(5, 8))
def test_whatever_whole_numbers_give_away_is_withheld(pairs, threshold):
    """Linear programs see every whole solution of one side, so they must refuse what trying all numbers refuses."""
    if len({after - before for before, after in pairs}) == 1:
        return
    counts = [{score: sum(pair[at] == score for pair in pairs) for score in SCORES} for at in (0, 1)]
    small = [[s for s, n in one.items() if 0 < n < threshold] for one in counts]
    known = sides(pairs, hidden_before=small[0], hidden_after=small[1])
    if not by_hand(known, threshold):
        assert not tells_nothing(known, threshold)


@pytest.mark.parametrize("name", ["before", "after", "change"])
def test_numbers_that_do_not_fit_are_withheld(name):
    """Counts that were rounded, say: the solver finds no answer, and nothing is shown."""
    good = sides([(2, 4)] * 14 + [(4, 3)] * 12, hidden_before=(2, 4))
    assert not tells_nothing(Sides(good.people, good.before, good.after, {**good.shown, name: 4.9}), T)
