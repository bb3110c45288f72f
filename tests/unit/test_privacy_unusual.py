"""What looks unusual in the access log, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.rules_unusual import Found, Limits, Look, Pattern, is_outside, unusual

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LIMITS = Limits(files=3, minutes=15, refusals=3, outside=2, glass=2, starts=7, ends=20)
HERE = frozenset({"QC"})


def looks(count: int, *, every: int = 1, at: datetime = MONDAY, **fields) -> list[Look]:
    return [Look(at + timedelta(minutes=every * number), uuid4(), **fields) for number in range(count)]


def patterns(rows, regions=HERE) -> list[tuple[str, int]]:
    return [(one.pattern.value, one.count) for one in unusual(rows, regions=regions, limits=LIMITS)]


def test_many_files_in_a_short_time():
    assert patterns(looks(3)) == [("many_files", 3)]
    assert patterns(looks(2)) == []
    assert patterns(looks(3, every=8)) == []


def test_same_file_often_is_one_file():
    person = uuid4()
    assert patterns([Look(MONDAY + timedelta(minutes=number), person) for number in range(10)]) == []


def test_lists_open_no_file():
    assert patterns(looks(50, listed=True)) == []


def test_refusals_count_each_try():
    person = uuid4()
    assert patterns([Look(MONDAY, person, refused=True)] * 3) == [("refused", 3)]
    assert patterns([Look(MONDAY, None, refused=True)] * 2) == []


@pytest.mark.parametrize(
    ("at", "outside"),
    [
        (MONDAY, False), (MONDAY.replace(hour=6, minute=59), True), (MONDAY.replace(hour=7), False),
        (MONDAY.replace(hour=19, minute=59), False), (MONDAY.replace(hour=20), True),
        (MONDAY + timedelta(days=5), True),
    ],
)  # fmt: skip
def test_working_hours(at, outside):
    assert is_outside(at, LIMITS) is outside


def test_night_is_worth_a_look_from_some_files_on():
    night = MONDAY.replace(hour=2)
    assert patterns(looks(2, every=30, at=night)) == [("outside_hours", 2)]
    assert patterns(looks(1, at=night)) == []


def test_file_of_a_region_never_assigned_counts_from_the_first_one():
    rows = looks(1, region="ON")
    assert unusual(rows, regions=HERE, limits=LIMITS) == [
        Found(Pattern.OTHER_REGION, 1, MONDAY, MONDAY, rows[0].person)
    ]
    assert patterns(looks(1, region="QC")) == []
    assert patterns(looks(1, region="ON"), regions=frozenset()) == []


def test_opening_that_was_allowed_is_no_strange_region_but_several_are_looked_at():
    assert patterns(looks(1, region="ON", glass=True)) == []
    assert patterns(looks(2, region="ON", glass=True)) == [("break_glass", 2)]


def test_own_name_counts_from_the_first_one():
    rows = looks(1, same_name=True)
    assert patterns(rows) == [("same_name", 1)]
    assert unusual(rows, regions=HERE, limits=LIMITS)[0].person == rows[0].person


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 6)), max_size=40))
def test_window_finds_the_same_as_looking_at_every_start(drawn):
    people = [uuid4() for _ in range(7)]
    rows = [Look(MONDAY + timedelta(minutes=minute), people[who]) for minute, who in drawn]
    most = max(
        (len({row.person for row in rows if timedelta() <= row.at - begin.at <= timedelta(minutes=15)})
         for begin in rows),
        default=0,
    )  # fmt: skip
    found = [one.count for one in unusual(rows, regions=HERE, limits=LIMITS) if one.pattern == Pattern.MANY_FILES]
    assert found == ([most] if most >= LIMITS.files else [])
