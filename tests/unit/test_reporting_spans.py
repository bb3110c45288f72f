"""No figure of a longer period gives away a hidden one of a shorter period (security.md property 35)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.periods import Period, Span, containing, parse, since
from reporting.spans import Figure, bottom_up, shown_people, shown_sums

T = 5
YEAR = Period(Span.YEAR, date(2026, 4, 1))


def leaves(finest: Span) -> list[Period]:
    return [period for period in bottom_up(YEAR, finest) if period.span == finest]


def months_of(period: Period, finest: Span) -> list[int]:
    """Positions of the leaves that lie in a period."""
    return [number for number, leaf in enumerate(leaves(finest)) if period.first <= leaf.first < period.after]


def test_codes_name_their_period_and_nothing_else():
    for code in ("2026", "2026-Q1", "2026-Q4", "2026-04", "2027-03"):
        assert parse(code).code == code
    for code in ("", "26", "2026-Q5", "2026-Q0", "2026-13", "2026-4", "2026-Q", "2026-Qx", "*", "2026-04-01", "²026"):
        with pytest.raises(ValueError):  # noqa: PT011
            parse(code)


def test_fiscal_year_begins_in_april():
    assert containing(date(2027, 3, 31), Span.YEAR) == YEAR
    assert containing(date(2027, 4, 1), Span.YEAR).fiscal_year == 2027
    last = containing(date(2027, 2, 28), Span.QUARTER)
    assert (last.code, last.first, last.after) == ("2026-Q4", date(2027, 1, 1), date(2027, 4, 1))
    assert [part.code for part in YEAR.parts()] == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert [month.code for month in last.parts()] == ["2027-01", "2027-02", "2027-03"]


def test_periods_since_the_first_day_are_newest_first():
    found = since(date(2026, 2, 10), date(2026, 5, 1), Span.MONTH)
    assert [period.code for period in found] == ["2026-05", "2026-04", "2026-03", "2026-02"]


def sums(values: list[int], finest: Span) -> dict[Period, Figure]:
    """Figures of every period from those of the leaves; as many people as visits."""
    found = {}
    for period in bottom_up(YEAR, finest):
        total = sum(values[number] for number in months_of(period, finest))
        found[period] = Figure(total, total)
    return found


def test_one_hidden_quarter_hides_the_year():
    figures = sums([20, 30, 3, 10], Span.QUARTER)
    shown = shown_sums(YEAR, figures, threshold=T, finest=Span.QUARTER)
    assert sorted(period.code for period in shown) == ["2026-Q1", "2026-Q2", "2026-Q4"]


def test_several_hidden_quarters_with_room_leave_the_year_shown():
    assert YEAR in shown_sums(YEAR, sums([20, 4, 3, 10], Span.QUARTER), threshold=T, finest=Span.QUARTER)
    assert YEAR not in shown_sums(YEAR, sums([20, 2, 1, 10], Span.QUARTER), threshold=T, finest=Span.QUARTER)


def test_many_visits_of_few_people_are_hidden():
    figures = {YEAR: Figure(80, 3)}
    assert not shown_sums(YEAR, figures, threshold=T, finest=Span.YEAR)


def group_of(part: Period, shown: frozenset[Period], finest: Span) -> Period | None:
    """The shortest shown period around a hidden one: its figure is what a reader can subtract from."""
    return next((period for period in bottom_up(YEAR, finest) if period in shown and part.first >= period.first
                 and part.after <= period.after and period != part), None)  # fmt: skip


def unknown_in(group: Period, shown: frozenset[Period], finest: Span) -> list[int]:
    """Leaves that no shown figure inside the group accounts for."""
    known = {
        number for period in shown if period != group and period.first >= group.first and period.after <= group.after
        for number in months_of(period, finest)
    }  # fmt: skip
    return [number for number in months_of(group, finest) if number not in known]


@pytest.mark.parametrize("capped", [False, True])
@pytest.mark.parametrize("finest", [Span.QUARTER, Span.MONTH])
@given(data=st.data())
def test_published_sums_leave_every_hidden_small_count_its_whole_range(finest, capped, data):
    """A hidden figure lies between what the others in its group can take at most and at least."""
    width = len(leaves(finest))
    values = data.draw(st.lists(st.integers(0, 12) | st.just(0), min_size=width, max_size=width))
    figures = sums(values, finest)
    shown = shown_sums(YEAR, figures, threshold=T, finest=finest, capped=capped)
    for period in bottom_up(YEAR, finest):
        if period in shown:
            assert not 0 < figures[period].count < T
            continue
        group = group_of(period, shown, finest)
        if group is None or figures[period].count >= T:
            continue
        unknown = unknown_in(group, shown, finest)
        total = sum(values[number] for number in unknown)
        inside = [number for number in months_of(period, finest) if number in unknown]
        others = len(unknown) - len(inside)
        ceiling = T - 1 if capped else T
        assert total - others >= ceiling, "the greatest it can be"
        if capped:
            assert total - others * (T - 1) <= len(inside), "the least it can be"
        assert others >= 1


def people(kinds: list[tuple[int, int]], finest: Span) -> dict[Period, Figure]:
    """Figures for so many people of each kind; the bits of a kind are the shortest periods they came in."""
    found = {}
    for period in bottom_up(YEAR, finest):
        mask = sum(1 << number for number in months_of(period, finest))
        count = sum(number for kind, number in kinds if kind & mask)
        found[period] = Figure(count, count)
    return found


@pytest.mark.parametrize("finest", [Span.QUARTER, Span.MONTH])
@given(data=st.data())
def test_published_numbers_of_people_prove_no_second_person_in_a_hidden_period(finest, data):
    """What a shown period has more than every other part can account for must have come in the hidden one."""
    width = len(leaves(finest))
    kinds = data.draw(st.lists(st.tuples(st.integers(1, 2**width - 1), st.integers(1, 9)), max_size=8))
    figures = people(kinds, finest)
    shown = shown_people(YEAR, figures, threshold=T, finest=finest)

    def at_most(period: Period) -> int:
        """The most people that can have come in a period, as far as a reader knows."""
        inner = [part for part in period.parts() if part in figures]
        own = figures[period].count if period in shown else (T - 1 if not inner else 10**6)
        return min(own, sum(map(at_most, inner))) if inner else own

    def surplus(period: Period, without: Period) -> int:
        parts = [part for part in period.parts() if part in figures and part != without]
        nested = [part for part in parts if part.first <= without.first and without.after <= part.after]
        outside = sum(at_most(part) for part in parts if part not in nested)
        within = sum(at_most(part) for inner in nested for part in inner.parts() if part in figures and part != without)
        return figures[period].count - outside - within

    for period in figures:
        if period in shown:
            assert not 0 < figures[period].count < T
            continue
        for group in (other for other in shown if other.first <= period.first and period.after <= other.after):
            if figures[period].count < T and group != period:
                assert surplus(group, period) <= 1
