"""Whether a crisis line answers now: by its own clock, also on the days when that clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psp.opening import is_open, opening_words, opens_at, read_day, write_day

TORONTO, ST_JOHNS, VANCOUVER, REGINA = "America/Toronto", "America/St_Johns", "America/Vancouver", "America/Regina"
WORKDAYS = [[day, 8 * 60, 16 * 60 + 30] for day in range(5)]
# Friday evening to the small hours of Saturday, as two spans.
NIGHT = [[4, 20 * 60, 24 * 60], [5, 0, 2 * 60]]


def at(text: str, zone: str = TORONTO, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "zone", "now", "expected"),
    [
        ([], TORONTO, at("2026-11-25 03:00"), True),
        (WORKDAYS, TORONTO, at("2026-11-25 07:59"), False),
        (WORKDAYS, TORONTO, at("2026-11-25 08:00"), True),
        (WORKDAYS, TORONTO, at("2026-11-25 16:29"), True),
        (WORKDAYS, TORONTO, at("2026-11-25 16:30"), False),
        (WORKDAYS, TORONTO, at("2026-11-28 12:00"), False),
        # The same moment, two clocks: half past eight in Newfoundland is seven in Toronto.
        (WORKDAYS, ST_JOHNS, at("2026-11-25 07:00"), True),
        (WORKDAYS, VANCOUVER, at("2026-11-25 08:00"), False),
        (NIGHT, TORONTO, at("2026-11-27 23:59"), True),
        (NIGHT, TORONTO, at("2026-11-28 00:00"), True),
        (NIGHT, TORONTO, at("2026-11-28 02:00"), False),
    ],
)
def test_open_by_the_clock_of_the_line(hours, zone, now, expected):
    assert is_open(hours, zone, now) is expected


def test_property_40_eight_in_the_morning_stays_eight_in_the_morning_when_clocks_change():
    for before, after in (("2026-03-06", "2026-03-09"), ("2026-10-30", "2026-11-02")):
        evening = at(f"{before} 17:00")
        assert opens_at(WORKDAYS, TORONTO, evening) == at(f"{after} 08:00")
    # Saskatchewan does not change: its distance from Toronto does.
    assert opens_at(WORKDAYS, REGINA, at("2026-03-06 23:00")) - opens_at(WORKDAYS, TORONTO, at("2026-03-06 23:00")) == (
        timedelta(hours=2)
    )


def test_property_40_hour_that_is_skipped_opens_when_the_clock_has_jumped_over_it():
    hours = [[6, 2 * 60 + 30, 5 * 60]]
    opening = opens_at(hours, TORONTO, at("2026-03-08 01:00"))
    assert (opening.hour, opening.minute) == (3, 0)


def test_property_40_hour_that_comes_twice_counts_both_times():
    hours = [[6, 60 + 30, 2 * 60]]
    first, again = at("2026-11-01 01:30"), at("2026-11-01 01:30", fold=1)
    assert is_open(hours, TORONTO, first)
    assert not is_open(hours, TORONTO, first + timedelta(minutes=30))
    assert opens_at(hours, TORONTO, first + timedelta(minutes=30)).astimezone(UTC) == again


SPAN = st.tuples(st.integers(0, 6), st.integers(0, 94), st.integers(1, 96)).map(
    lambda one: [one[0], one[1] * 15, max(one[1] + 1, one[2]) * 15]
)
MOMENT = st.one_of(
    st.integers(0, 2 * 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    # Around the changes of the clock, where mistakes live.
    st.integers(0, 48 * 60).map(lambda minutes: datetime(2026, 3, 7, 12, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.integers(0, 48 * 60).map(lambda minutes: datetime(2026, 10, 31, 12, tzinfo=UTC) + timedelta(minutes=minutes)),
)


@given(st.lists(SPAN, min_size=1, max_size=4), st.sampled_from((TORONTO, ST_JOHNS, VANCOUVER, REGINA)), MOMENT)
def test_line_is_closed_up_to_the_moment_that_is_named_and_open_at_it(hours, zone, now):
    opening = opens_at(hours, zone, now)
    assert opening is not None, "a line with hours opens again"
    assert is_open(hours, zone, opening)
    if is_open(hours, zone, now):
        return
    minute = max(now, opening.astimezone(UTC) - timedelta(hours=6))
    while minute < opening:
        assert not is_open(hours, zone, minute)
        minute += timedelta(minutes=1)


@pytest.mark.parametrize(
    ("now", "english", "french"),
    [
        ("2026-11-25 06:00", "Opens at 8:00 a.m. (Eastern time)", "Ouvre à 8\u00a0h (heure de l’Est)"),
        ("2026-11-25 18:00", "Opens tomorrow at 8:00 a.m. (Eastern time)", "Ouvre demain à 8\u00a0h (heure de l’Est)"),
        ("2026-11-27 18:00", "Opens Monday at 8:00 a.m. (Eastern time)", "Ouvre lundi à 8\u00a0h (heure de l’Est)"),
        ("2026-11-25 12:00", "", ""),
    ],
)
def test_opening_is_said_in_words(now, english, french):
    assert opening_words(WORKDAYS, TORONTO, at(now), "en") == english
    assert opening_words(WORKDAYS, TORONTO, at(now), "fr") == french


def test_day_and_night_has_no_opening_to_name():
    assert opening_words([], TORONTO, at("2026-11-25 03:00"), "en") == ""


@pytest.mark.parametrize("text", ["8:00-12:00, 13:00-16:30", "0:00-24:00", ""])
def test_what_is_typed_for_a_day_is_read_and_written_alike(text):
    assert write_day(read_day(text, 2), 2) == text


@pytest.mark.parametrize(
    "text", ["8-12", "12:00-8:00", "8:00-25:00", "8:07-9:00", "8:00-10:00, 9:00-11:00", "8:00-9:75"]
)
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_day(text, 0)


def test_spaces_and_dashes_are_forgiven():
    assert read_day(" 8:00 – 12:00 ,13:00 - 16:30", 0) == [[0, 480, 720], [0, 780, 990]]
