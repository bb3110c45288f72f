"""The attackers themselves: their arithmetic is right, and each finds the hole in designs that have one."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attackers import careless
from tests.attackers.arithmetic import Solver, narrowed
from tests.attackers.averaging import differences, means
from tests.attackers.careless import Careless, RoundsAnew, Rule
from tests.attackers.enumeration import Counts, narrowed_by_rule
from tests.attackers.sight import ALL, Cell, Printed, Whole, look
from tests.attackers.simplex import NoSolution, Simplex
from tests.attackers.truth import Truth, added, rolled_up, small, tables, thresholds

T = 10
HIDDEN = None


def two_ways(*counts: int, where: dict[str, str] | None = None) -> Truth:
    """Regions by language, row by row."""
    keys = list(product(("ON", "PAC", "QC")[: len(counts) // 2], ("en", "fr")))
    regions = tuple(dict.fromkeys(key[0] for key in keys))
    return Truth(("region", "language"), (regions, ("en", "fr")), dict(zip(keys, counts, strict=True)), where or {})


def at(**names: str) -> Cell:
    return frozenset(names.items())


# Arithmetic -------------------------------------------------------------------------------------------------


def test_simplex_finds_both_ends_of_what_equations_allow() -> None:
    # x0 + x1 = 7 and x1 + x2 = 3
    simplex = Simplex([({0: 1, 1: 1}, 7), ({1: 1, 2: 1}, 3)], 3)
    assert [simplex.greatest({0: 1}), simplex.greatest({0: -1})] == [7, -4]
    assert [simplex.greatest({2: 1}), simplex.greatest({2: -1})] == [3, 0]


def test_simplex_says_when_there_is_no_bound_and_no_solution() -> None:
    assert Simplex([({0: 1, 1: -1}, 2)], 2).greatest({1: 1}) is None
    with pytest.raises(NoSolution):
        Simplex([({0: 1, 1: 1}, -1)], 2)


@given(st.data())
def test_simplex_agrees_with_trying_every_whole_number_in_flat_tables(data: st.DataObject) -> None:
    """The corners of such tables are whole, so that both attackers must say the same."""
    truth = data.draw(tables(("language", "region")))
    counts = truth.everything()
    shown = data.draw(st.sets(st.sampled_from(sorted(counts))))
    printed = Printed(truth.dimensions, {key: n if key in shown or not n else None for key, n in counts.items()})
    sight = look([printed])
    solver, whole = Solver(sight), Counts(sight, T)
    for name in sight.hidden()[:4]:
        low, high = solver.range_of(name)
        assert whole.possible({name: (int(low), int(low))})
        assert low == 1 or not whole.possible({name: (0, int(low) - 1)})
        if high is not None:
            assert whole.possible({name: (int(high), int(high))})
            assert not whole.possible({name: (int(high) + 1, None)})


@given(st.data(), thresholds)
def test_nothing_is_narrowed_where_only_zeros_are_printed(data: st.DataObject, threshold: int) -> None:
    truth = data.draw(tables())
    blank = Printed(truth.dimensions, {key: None if count else 0 for key, count in truth.everything().items()})
    assert narrowed([blank], small([truth], threshold), threshold) == []


# Holes that they must find ----------------------------------------------------------------------------------

ONE_TABLE: list[tuple[Rule, Truth]] = [
    (careless.small_only, two_ways(3, 40, 50, 60)),
    (careless.rows_only, two_ways(3, 40, 50, 60, 70, 80)),
    (careless.small_margins_shown, two_ways(2, 3, 50, 60)),
    # Each row keeps its sum to itself, and two small ones in a column share a small sum.
    (careless.two_in_every_line, two_ways(1, 1, 1, 60, 1, 70)),
]


@pytest.mark.parametrize(("rule", "truth"), ONE_TABLE, ids=lambda one: getattr(one, "__name__", ""))
def test_solver_finds_the_small_count_in_a_careless_table(rule: Rule, truth: Truth) -> None:
    printed = Careless(rule, T).publish([truth])
    assert narrowed(printed, small([truth], T), T)


@pytest.mark.parametrize(("rule", "truth"), ONE_TABLE, ids=lambda one: getattr(one, "__name__", ""))
def test_counting_finds_the_small_count_in_a_careless_table(rule: Rule, truth: Truth) -> None:
    printed = Careless(rule, T).publish([truth])
    assert narrowed_by_rule(printed, small([truth], T), T)


def test_counting_knows_that_a_lone_hidden_cell_is_the_small_one() -> None:
    truth = two_ways(3, 40, 50, 60)
    printed = Careless(careless.all_margins_hidden, T).publish([truth])
    assert narrowed(printed, small([truth], T), T) == []
    assert narrowed_by_rule(printed, small([truth], T), T) == [at(region="ON", language="en")]


def test_solver_subtracts_the_other_months_from_the_quarter() -> None:
    kept = [two_ways(30, 40, 50, 60, where={"period": f"m{month}"}) for month in (1, 2)]
    last = two_ways(3, 60, 70, 80, where={"period": "m3"})
    quarter = added([*kept, last], {"period": "q"})
    design = Careless(careless.all_margins_hidden, T)
    printed = [table for one in (*kept, last, quarter) for table in design.publish([one])]
    assert all(not narrowed([table], small([last], T), T) for table in printed if table.where == last.where)
    found = narrowed(printed, small([last], T), T, [Whole("period", "q", ("m1", "m2", "m3"))])
    assert [(one.cell, one.least, one.most) for one in found] == [(at(period="m3", region="ON", language="en"), 3, 3)]


def test_solver_puts_two_breakdowns_of_the_same_people_together() -> None:
    counts = {("ON", "art"): 3, ("ON", "yoga"): 20, ("QC", "art"): 30, ("QC", "yoga"): 40}
    whole = Truth(("region", "kind"), (("ON", "QC"), ("art", "yoga")), counts)
    both = [whole, rolled_up(whole, ["region"]), rolled_up(whole, ["kind"])]
    printed = Careless(careless.all_margins_hidden, T).publish(both)
    assert narrowed(printed[:1], small(both, T), T) == []
    assert [one.least for one in narrowed(printed, small(both, T), T)] == [3]


def test_solver_bounds_people_who_are_in_several_kinds() -> None:
    printed = Printed(
        ("kind",), {("art",): 40, ("yoga",): None, ("film",): None, (ALL,): 41}, overlapping=frozenset({"kind"})
    )
    low, high = Solver(look([printed])).range_of(at(kind="yoga"))
    assert (low, high) == (1, 41)
    told = Printed(("kind",), {("art",): 12, ("yoga",): None, (ALL,): 20}, overlapping=frozenset({"kind"}))
    assert Solver(look([told])).range_of(at(kind="yoga")) == (8, 20)


def test_looking_often_finds_the_mean_of_what_is_rounded_anew() -> None:
    truth = two_ways(3, 40, 52, 61)
    answers = [RoundsAnew(seed).publish([truth]) for seed in range(400)]
    assert differences(answers)
    counted = truth.cells()
    assert {name: round(mean) for name, mean in means(answers).items()} == counted
