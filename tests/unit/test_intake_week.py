"""A week on a person's own clock: boxes to tick, intervals, and words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import week

half_hours = st.integers(0, week.WEEK // week.GRID)
spans = st.tuples(half_hours, half_hours).filter(lambda pair: pair[0] != pair[1])
weeks = st.lists(spans.map(lambda pair: (min(pair) * week.GRID, max(pair) * week.GRID)), max_size=12)
boxes = st.sets(st.sampled_from(sorted(week.CELLS)))


def minutes(intervals) -> set[int]:
    return {half for start, end in intervals for half in range(start, end, week.GRID)}


@given(boxes)
def test_boxes_come_back_as_they_were_ticked(codes):
    intervals = week.from_codes(codes)
    assert week.is_week(intervals)
    assert set(week.to_codes(intervals)) == codes


def test_every_hour_of_the_week_can_be_chosen():
    assert week.from_codes(week.CELLS) == [(0, week.WEEK)]


@given(weeks)
def test_whatever_is_kept_survives_the_form(intervals):
    """Times between the boxes too: they have codes of their own."""
    assert week.from_codes(week.to_codes(intervals)) == week.merged(intervals)
    assert all(week.is_code(code) for code in week.to_codes(intervals))


def test_time_beside_the_boxes_has_a_code_of_its_own():
    kept = [(9 * 60 + 30, 18 * 60), (week.DAY, week.DAY + 30)]
    assert week.to_codes(kept) == ["0-midday", "0-afternoon", "570-720", "1440-1470"]
    assert week.other_times(["0-midday", "1440-1470", "570-720", "nonsense"]) == [(570, 720), (1440, 1470)]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "-",
        "0",
        "7-morning",
        "0-noon",
        "60-30",
        "0-45",
        "0-10110",
        "-30-60",
        "0-30-60",
        "0x1e-60",
        "٣٠-60",
        "0-999999999",
    ],
)
def test_what_is_no_code_is_refused(code):
    assert not week.is_code(code)
    with pytest.raises(ValueError, match=r".*"):
        week.from_codes([code])


@given(weeks)
def test_merging_keeps_the_time_and_gives_what_may_be_stored(intervals):
    found = week.merged(intervals)
    assert week.is_week(found)
    assert minutes(found) == minutes(intervals)
    assert week.merged(found) == found


@given(weeks)
def test_a_box_is_ticked_only_if_all_of_it_is_free(intervals):
    free = minutes(intervals)
    for code, cell in week.CELLS.items():
        assert (code in week.to_codes(intervals)) == (minutes([cell.interval]) <= free)


def test_boxes_lie_on_the_grid_and_do_not_overlap():
    assert (len(week.DAY_CELLS), len(week.NIGHT_CELLS)) == (28, 21)
    blocks = sorted([*week.BLOCKS, *week.NIGHT_BLOCKS], key=lambda block: block.start)
    for before, after in pairwise(blocks):
        assert before.end == after.start
    assert all(week.is_week([cell.interval]) for cell in week.CELLS.values())


@pytest.mark.parametrize(
    "stored",
    [
        None, "", {}, [[0]], [[0, 30, 60]], [[30, 30]], [[60, 30]], [[-30, 30]], [[0, 10_110]], [[0, 45]], [[10, 30]],
        [[0, 30], [30, 60]], [[60, 90], [0, 30]], [["0", "30"]], [[0.0, 30.0]], [[False, 30]], [[None, 30]], [0, 30],
    ],
)  # fmt: skip
def test_what_is_no_week_is_refused(stored):
    assert not week.is_week(stored)


def test_words_name_the_day_and_the_times():
    evening = week.from_codes(["0-evening"])
    assert week.in_words(evening, "en") == ["Monday, 6:00 p.m. to 9:00 p.m."]
    assert week.in_words(evening, "fr") == ["lundi, de 18\u00a0h à 21\u00a0h"]
    both = week.from_codes(["2-morning", "2-midday", "2-evening"])
    assert week.in_words(both, "en") == ["Wednesday, 9:00 a.m. to 2:00 p.m. and 6:00 p.m. to 9:00 p.m."]
    assert week.in_words(both, "fr") == ["mercredi, de 9\u00a0h à 14\u00a0h et de 18\u00a0h à 21\u00a0h"]


def test_words_part_what_runs_over_midnight():
    night = [(23 * 60, 25 * 60 + 30)]
    assert week.in_words(night, "en") == [
        "Monday, 11:00 p.m. to 12:00 midnight", "Tuesday, 12:00 midnight to 1:30 a.m.",
    ]  # fmt: skip
    assert week.in_words(night, "fr") == ["lundi, de 23\u00a0h à minuit", "mardi, de 0\u00a0h à 1\u00a0h\u00a030"]
    assert week.in_words([(week.WEEK - 30, week.WEEK)], "en") == ["Sunday, 11:30 p.m. to 12:00 midnight"]
    assert week.in_words([], "fr") == []
