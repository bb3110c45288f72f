"""Sizes and states of groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groups.rules import DEFAULTS, GroupState, Kind, KindSettings, may_add, may_establish

FORMAL = DEFAULTS[Kind.FORMAL]


def test_defaults_are_the_published_figures() -> None:
    assert (FORMAL.min_size, FORMAL.max_size, FORMAL.min_sessions, FORMAL.max_sessions) == (4, 10, 10, 10)
    informal, activity = DEFAULTS[Kind.INFORMAL], DEFAULTS[Kind.ACTIVITY]
    assert (informal.min_sessions, informal.max_sessions, informal.facilitators) == (8, 8, 2)
    assert (activity.min_sessions, activity.max_sessions) == (1, 2)
    assert {FORMAL.minutes, informal.minutes} == {90}
    assert [kind for kind in Kind if DEFAULTS[kind].closed] == [Kind.FORMAL]


@pytest.mark.parametrize(
    ("size", "refusals"), [(0, ["too_few"]), (3, ["too_few"]), (4, []), (10, []), (11, ["too_many"])]
)
def test_may_establish_formal_group_by_size(size: int, refusals: list[str]) -> None:
    assert list(may_establish(size, FORMAL)) == refusals


def test_may_establish_counts_facilitators_only_when_told() -> None:
    informal = DEFAULTS[Kind.INFORMAL]
    assert may_establish(5, informal) == ()
    assert may_establish(5, informal, facilitators=2) == ()
    assert may_establish(1, informal, facilitators=1) == ("too_few", "too_few_facilitators")


@pytest.mark.parametrize(
    ("state", "size", "refusals"),
    [
        ("forming", 0, ()),
        ("forming", 9, ()),
        ("forming", 10, ("full",)),
        ("forming", 11, ("full",)),
        ("established", 9, ("closed",)),
        ("established", 3, ("closed",)),
        ("completed", 3, ("ended",)),
        ("cancelled", 3, ("ended",)),
    ],
)
def test_may_add_to_a_formal_group(state: str, size: int, refusals: tuple[str, ...]) -> None:
    assert may_add(state, size, FORMAL) == refusals


def test_may_add_informal_group_stays_open_while_it_runs() -> None:
    informal = DEFAULTS[Kind.INFORMAL]
    assert may_add("established", 9, informal) == ()
    assert may_add("established", 10, informal) == ("full",)
    assert may_add("completed", 1, informal) == ("ended",)
    assert may_add("established", 500, DEFAULTS[Kind.ACTIVITY]) == ()


def test_may_add_unknown_state_is_an_error() -> None:
    with pytest.raises(ValueError, match="paused"):
        may_add("paused", 1, FORMAL)


@given(st.integers(0, 40), st.integers(1, 20), st.integers(0, 20))
def test_adding_one_at_a_time_never_overfills(start: int, low: int, extra: int) -> None:
    settings = replace(FORMAL, min_size=low, max_size=low + extra)
    size = min(start, low + extra)
    for _ in range(60):
        if may_add(GroupState.FORMING, size, settings):
            break
        size += 1
    assert size == low + extra
    assert may_establish(size, settings) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"min_size": 0},
        {"max_size": 3},
        {"min_sessions": 0},
        {"max_sessions": 9},
        {"minutes": 0},
        {"facilitators": -1},
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(FORMAL, **changes)


def test_allows_sessions_within_the_range() -> None:
    activity = DEFAULTS[Kind.ACTIVITY]
    assert [count for count in range(5) if activity.allows_sessions(count)] == [1, 2]
    assert isinstance(activity, KindSettings)
