"""Nothing that the engine publishes narrows a small count, whoever adds and subtracts (`security.md` 35).

The attackers are those of `tests.attackers`, which find the holes of careless designs in `test_reporting_attackers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from tests.attackers import truth as counted
from tests.attackers.arithmetic import narrowed
from tests.attackers.averaging import differences
from tests.attackers.careless import Design, Refused
from tests.attackers.engine import Contract, Engine
from tests.attackers.enumeration import TooLong, narrowed_by_rule
from tests.attackers.sight import Printed, Whole
from tests.attackers.truth import Truth, added, small, thresholds

# Several proofs in each example.
fewer = settings(max_examples=settings.default.max_examples // 4)
QUARTER = Whole("period", "q", ("m1", "m2", "m3"))


def publish(design: Design, tables: Sequence[Truth], wholes: Sequence[Whole] = ()) -> list[Printed]:
    """What is published; a refusal ends the example, and the statistics of Hypothesis say how often."""
    try:
        return design.publish(tables, wholes)
    except Refused as refusal:
        event("refused")
        assume(False)
        raise AssertionError from refusal


def lone(tables: Sequence[Truth]) -> bool:
    """Nothing but one cell is there to be hidden: that it is hidden says that it is small, whatever one does."""
    return all(sum(count > 0 for count in one.counts.values()) <= 1 for one in tables)


def check_rule(printed: Sequence[Printed], tables: Sequence[Truth], threshold: int, wholes: Sequence[Whole]) -> None:
    assume(not lone(tables))
    try:
        assert narrowed_by_rule(printed, small(tables, threshold), threshold, wholes) == []
    except TooLong:
        event("too large to count out")


# One table --------------------------------------------------------------------------------------------------


@given(counted.tables(), thresholds)
def test_no_arithmetic_narrows_a_small_count_of_one_table(truth: Truth, threshold: int) -> None:
    printed = publish(Contract(threshold), [truth])
    assert narrowed(printed, small([truth], threshold), threshold) == []


@given(counted.tables(), thresholds)
def test_nobody_who_knows_the_rule_narrows_a_small_count_of_one_table(truth: Truth, threshold: int) -> None:
    check_rule(publish(Contract(threshold), [truth]), [truth], threshold, ())


@given(counted.tables(), thresholds)
def test_every_published_number_of_one_table_is_the_true_one_and_never_small(truth: Truth, threshold: int) -> None:
    (printed,) = publish(Contract(threshold), [truth])
    everything = truth.everything()
    assert printed.values.keys() == everything.keys()
    for key, value in printed.values.items():
        assert value is None or value == everything[key]
        assert value is None or value == 0 or value >= threshold
        assert everything[key] != 0 or value == 0


# Several tables at once -------------------------------------------------------------------------------------


@given(counted.linked(), thresholds)
def test_no_arithmetic_narrows_a_small_count_of_breakdowns_of_the_same_people(
    tables: list[Truth], threshold: int
) -> None:
    printed = publish(Engine(threshold), tables)
    assert narrowed(printed, small(tables, threshold), threshold) == []


@given(counted.linked(), thresholds)
def test_nobody_who_knows_the_rule_narrows_a_small_count_of_breakdowns(tables: list[Truth], threshold: int) -> None:
    check_rule(publish(Engine(threshold), tables), tables, threshold, ())


@given(counted.overlapping(), thresholds)
def test_no_arithmetic_narrows_a_small_count_where_people_are_in_several_kinds(
    tables: list[Truth], threshold: int
) -> None:
    printed = publish(Engine(threshold), tables)
    assert narrowed(printed, small(tables, threshold), threshold) == []


# One release after the other --------------------------------------------------------------------------------


@fewer
@given(counted.months(), thresholds)
def test_no_arithmetic_narrows_a_small_count_by_months_and_then_their_quarter(
    months: list[Truth], threshold: int
) -> None:
    engine = Engine(threshold)
    printed = [one for month in months for one in publish(engine, [month])]
    quarter = added(months, {"period": "q"})
    printed += publish(engine, [quarter], [QUARTER])
    assert narrowed(printed, small([*months, quarter], threshold), threshold, [QUARTER]) == []


@fewer
@given(counted.linked(), thresholds)
def test_no_arithmetic_narrows_a_small_count_by_a_breakdown_that_comes_later(
    tables: list[Truth], threshold: int
) -> None:
    engine = Engine(threshold)
    printed = [one for table in tables for one in publish(engine, [table])]
    assert narrowed(printed, small(tables, threshold), threshold) == []


@fewer
@given(counted.months(), st.data(), thresholds)
def test_no_arithmetic_narrows_a_small_count_by_a_quarter_counted_after_people_withdrew(
    months: list[Truth], data: st.DataObject, threshold: int
) -> None:
    """The quarter is counted after its months are out, and fewer people are in it by then."""
    engine = Engine(threshold, fits=True)
    printed = [one for month in months for one in publish(engine, [month])]
    before = added(months, {"period": "q"})
    left = {key: count - data.draw(st.integers(0, min(count, 3))) for key, count in before.counts.items()}
    quarter = Truth(before.dimensions, before.categories, left, before.where)
    printed += publish(engine, [quarter], [QUARTER])
    # That the numbers agree at all is half of it: the attacker's equations would have no solution.
    assert narrowed(printed, small(months, threshold), threshold, [QUARTER]) == []


@fewer
@given(counted.months(4), thresholds)
def test_no_arithmetic_narrows_a_small_count_by_months_of_halves_of_a_whole(
    months: list[Truth], threshold: int
) -> None:
    """Whatever is released in between: months, then two halves, then the whole, each by what is known by then."""
    halves = [Whole("period", f"h{at}", (f"m{2 * at - 1}", f"m{2 * at}")) for at in (1, 2)]
    wholes = [*halves, Whole("period", "y", ("h1", "h2"))]
    engine, printed, tables = Engine(threshold), [], list(months)
    for month in months:
        printed += publish(engine, [month])
    for at, half in enumerate(halves):
        tables.append(added(months[2 * at : 2 * at + 2], {"period": half.whole}))
        printed += publish(engine, tables[-1:], halves[: at + 1])
    tables.append(added(months, {"period": "y"}))
    printed += publish(engine, tables[-1:], wholes)
    assert narrowed(printed, small(tables, threshold), threshold, wholes) == []


# Asking often -----------------------------------------------------------------------------------------------


def shuffled(truth: Truth, seed: int) -> Truth:
    keys = sorted(truth.counts)
    Random(seed).shuffle(keys)
    return Truth(truth.dimensions, truth.categories, {key: truth.counts[key] for key in keys}, truth.where)


@fewer
@given(counted.tables(), thresholds, st.booleans())
def test_asking_again_in_any_order_tells_nothing_new(truth: Truth, threshold: int, rounding: bool) -> None:
    answers = [publish(Engine(threshold, rounding=rounding), [shuffled(truth, seed)]) for seed in range(4)]
    assert differences(answers) == []


# Rounded ----------------------------------------------------------------------------------------------------


@given(counted.tables(), thresholds)
def test_rounding_never_narrows_a_small_count_of_one_table(truth: Truth, threshold: int) -> None:
    printed = publish(Engine(threshold, rounding=True), [truth])
    assert narrowed(printed, small([truth], threshold), threshold) == []


@given(counted.linked(), thresholds)
def test_rounding_never_narrows_a_small_count_of_breakdowns(tables: list[Truth], threshold: int) -> None:
    printed = publish(Engine(threshold, rounding=True), tables)
    assert narrowed(printed, small(tables, threshold), threshold) == []


@fewer
@given(counted.months(), thresholds)
def test_rounding_never_narrows_a_small_count_by_months_and_then_their_quarter(
    months: list[Truth], threshold: int
) -> None:
    engine = Engine(threshold, rounding=True)
    printed = [one for month in months for one in publish(engine, [month])]
    quarter = added(months, {"period": "q"})
    printed += publish(engine, [quarter], [QUARTER])
    assert narrowed(printed, small([*months, quarter], threshold), threshold, [QUARTER]) == []
