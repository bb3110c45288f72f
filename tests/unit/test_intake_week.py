"""A week on a person's own clock: boxes to tick, intervals, words, and the same time in UTC."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import week

half_hours = st.integers(0, week.WEEK // week.GRID)
spans = st.tuples(half_hours, half_hours).filter(lambda pair: pair[0] != pair[1])
weeks = st.lists(spans.map(lambda pair: (min(pair) * week.GRID, max(pair) * week.GRID)), max_size=12)
boxes = st.sets(st.sampled_from(sorted(week.CELLS)))
ZONES = ("America/St_Johns", "America/Vancouver", "America/Toronto", "Europe/Brussels", "Asia/Kathmandu", "UTC")
mondays = st.integers(0, 520).map(lambda number: date.fromordinal(date(2026, 1, 5).toordinal() + 7 * number))


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


def test_one_evening_is_another_time_for_somebody_far_away():
    evening, monday = week.from_codes(["0-evening"]), date(2026, 11, 23)
    assert week.in_utc(evening, monday=monday, zone="America/Toronto") == [(23 * 60, 26 * 60)]
    assert week.in_utc(evening, monday=monday, zone="America/St_Johns") == [(21 * 60 + 30, 24 * 60 + 30)]
    # Since 2026 the clocks in British Columbia stay on −7.
    assert week.in_utc(evening, monday=monday, zone="America/Vancouver") == [(25 * 60, 28 * 60)]


def test_sunday_evening_in_the_west_stays_in_one_piece():
    """A group on Sunday evening in Toronto runs over the end of the UTC week: it must be covered all the same."""
    sunday, end = week.from_codes(["6-evening"]), week.WEEK
    found = week.in_utc(sunday, monday=date(2026, 11, 23), zone="America/Toronto")
    assert found == [(0, 2 * 60), (end - 60, end + 2 * 60)]
    for slot in ((end - 30, end + 60), (0, 90), (30, 120)):
        assert any(start <= slot[0] and slot[1] <= stop for start, stop in found)


def test_early_monday_in_the_east_joins_sunday_night():
    monday, end = [(0, 120)], week.WEEK
    assert week.in_utc(monday, monday=date(2026, 11, 23), zone="Europe/Brussels") == [(0, 60), (end - 60, end + 60)]


@given(weeks, mondays, st.sampled_from(ZONES), st.integers(0, 335), st.integers(1, 8))
def test_slot_is_covered_by_one_interval_if_all_of_it_is_free(intervals, monday, zone, begin, length):
    slot = (begin * week.GRID, (begin + length) * week.GRID)
    found = week.in_utc(intervals, monday=monday, zone=zone)
    inside = {minute % week.WEEK for start, end in found for minute in range(start, end, 15)}
    free = all(minute % week.WEEK in inside for minute in range(*slot, 15))
    assert free == any(start <= slot[0] and slot[1] <= end for start, end in found)


def test_a_change_of_clocks_within_the_week_is_heeded():
    """In Toronto the clocks go forward on Sunday, 14 March 2027, at 2 a.m."""
    saturday, sunday = week.from_codes(["5-morning"]), week.from_codes(["6-morning"])
    monday = date(2027, 3, 8)
    assert week.in_utc(saturday, monday=monday, zone="America/Toronto") == [
        (5 * week.DAY + 14 * 60, 5 * week.DAY + 17 * 60)
    ]
    assert week.in_utc(sunday, monday=monday, zone="America/Toronto") == [
        (6 * week.DAY + 13 * 60, 6 * week.DAY + 16 * 60)
    ]


@given(boxes, mondays, st.sampled_from(ZONES))
def test_utc_holds_as_much_time_as_the_boxes(codes, monday, zone):
    """No box lies in the night, so no change of clocks swallows any of it."""
    intervals = week.from_codes(codes)
    found = week.in_utc(intervals, monday=monday, zone=zone)
    assert all(0 <= start < week.WEEK and start < end for start, end in found)
    free = {minute % week.WEEK for start, end in found for minute in range(start, end, 15)}
    assert 15 * len(free) == sum(end - start for start, end in intervals)


def test_a_week_begins_on_a_monday():
    with pytest.raises(ValueError, match="Monday"):
        week.in_utc([], monday=date(2026, 11, 24), zone=ZoneInfo("UTC").key)
