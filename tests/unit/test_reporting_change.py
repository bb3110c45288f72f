"""The change of the same people and its interval: known answers, and a plain restatement."""

from __future__ import annotations

from fractions import Fraction
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.answers.change import NORMAL, change_of, rounded, t_quantile, within

# From printed tables of Student's distribution.
TABLE = {1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764, 5: 2.5706, 9: 2.2622, 10: 2.2281, 19: 2.0930, 29: 2.0452,
         60: 2.0003, 120: 1.9799, 1000: 1.9623}  # fmt: skip
pairs = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=60)


@pytest.mark.parametrize("freedom", TABLE)
def test_t_is_the_one_in_the_tables(freedom):
    assert t_quantile(freedom) == pytest.approx(TABLE[freedom], abs=6e-5)


@pytest.mark.parametrize("freedom", [1, 2, 7, 30, 301])
def test_t_holds_95_in_100(freedom):
    assert within(t_quantile(freedom), freedom) == pytest.approx(0.95, abs=1e-12)


def test_t_becomes_the_normal_one_and_needs_a_degree_of_freedom():
    assert t_quantile(19_999) == pytest.approx(NORMAL, abs=2e-4)
    assert t_quantile(20_000) == NORMAL
    with pytest.raises(ValueError, match="freedom"):
        t_quantile(0)


def test_known_change():
    """Differences 1, 1, 2, 0, 1, 1, 2, 0, 1, 1: mean 1, s = 2/3, t(9) = 2.262, so 1 give or take 0.477."""
    found = change_of([(2, 2 + one) for one in (1, 1, 2, 0, 1, 1, 2, 0, 1, 1)])
    assert found is not None
    assert (found.people, found.before, found.after) == (10, 2.0, 3.0)
    assert (found.change, found.low, found.high) == (1.0, 0.5, 1.5)


@pytest.mark.parametrize("alike", [[], [(1, 5)], [(1, 2)] * 30, [(1, 3), (3, 5), (2, 4)]])
def test_nobody_alone_and_nobody_who_changed_like_all_others(alike):
    assert change_of(alike) is None


@given(pairs)
def test_same_as_the_textbook(given_pairs):
    found = change_of(given_pairs)
    differences = [after - before for before, after in given_pairs]
    if len(set(differences)) == 1:
        assert found is None
        return
    assert found is not None
    reach = t_quantile(len(differences) - 1) * stdev(differences) / len(differences) ** 0.5
    for shown, true in (
        (found.before, mean(before for before, _after in given_pairs)),
        (found.after, mean(after for _before, after in given_pairs)),
        (found.change, mean(differences)),
        (found.low, mean(differences) - reach),
        (found.high, mean(differences) + reach),
    ):
        assert shown == pytest.approx(true, abs=0.05 + 1e-9)
    assert found.low <= found.change <= found.high


@given(pairs)
def test_turned_around_the_change_is_turned_around(given_pairs):
    found, back = change_of(given_pairs), change_of([(after, before) for before, after in given_pairs])
    if found is None:
        assert back is None
    else:
        assert back is not None
        assert (back.change, back.low, back.high) == (-found.change, -found.high, -found.low)


@pytest.mark.parametrize(("value", "shown"), [("0.05", 0.1), ("-0.05", -0.1), ("0.04", 0.0), ("2.25", 2.3)])
def test_halves_are_rounded_away_from_zero(value, shown):
    assert rounded(Fraction(value)) == shown
