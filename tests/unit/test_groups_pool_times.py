"""One evening in St. John's is an afternoon in Vancouver, and not the same one all autumn."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groups.formation_input import WEEK
from groups.pool_times import SeriesTime, attends, fitting
from intake.week import DAY

MONDAY, TUESDAY = 0, DAY
TORONTO, VANCOUVER, REGINA, ST_JOHNS = "America/Toronto", "America/Vancouver", "America/Regina", "America/St_Johns"


def hours(day: int, start: float, end: float) -> tuple[int, int]:
    return day + int(start * 60), day + int(end * 60)


def tuesdays(zone: str, at: time, first: date = date(2026, 12, 8), count: int = 10) -> SeriesTime:
    return SeriesTime(first, at, zone, count, 90)


@pytest.mark.parametrize(
    ("zone", "free", "comes"),
    [
        (TORONTO, hours(TUESDAY, 18, 21), True),
        (TORONTO, hours(TUESDAY, 19, 20), False),
        (VANCOUVER, hours(TUESDAY, 18, 21), False),
        (VANCOUVER, hours(TUESDAY, 16, 17.5), False),
        # British Columbia stays at seven hours from UTC all year since 2026: two hours from Toronto in winter.
        (VANCOUVER, hours(TUESDAY, 17, 18.5), True),
        (ST_JOHNS, hours(TUESDAY, 20.5, 22), True),
        (ST_JOHNS, hours(TUESDAY, 20, 21.5), False),
        (REGINA, hours(TUESDAY, 18, 19.5), True),
    ],
)
def test_evening_in_toronto_is_another_hour_elsewhere(zone, free, comes):
    assert attends([free], zone, tuesdays(TORONTO, time(19))) is comes


def test_series_over_a_change_of_clocks_needs_both_hours_where_there_is_none():
    """Toronto goes back on 1 November 2026, Regina never does: 19:00 there is 17:00 here and then 18:00."""
    autumn = tuesdays(TORONTO, time(19), date(2026, 10, 6))
    assert not attends([hours(TUESDAY, 17, 18.5)], REGINA, autumn)
    assert not attends([hours(TUESDAY, 18, 19.5)], REGINA, autumn)
    assert attends([hours(TUESDAY, 17, 19.5)], REGINA, autumn)
    assert attends([hours(TUESDAY, 19, 20.5)], TORONTO, autumn)


def test_late_evening_in_the_west_is_the_next_day_in_the_east():
    late = tuesdays(VANCOUVER, time(22, 30))
    assert attends([hours(2 * DAY, 0, 3)], TORONTO, late)
    assert not attends([hours(TUESDAY, 21, 24)], TORONTO, late)


def test_sunday_night_goes_on_on_monday():
    sunday = SeriesTime(date(2026, 12, 6), time(23, 30), TORONTO, 3, 90)
    assert attends([(WEEK - 60, WEEK), (0, 120)], TORONTO, sunday)
    assert not attends([(WEEK - 60, WEEK)], TORONTO, sunday)


def test_slot_is_in_minutes_of_the_week_in_utc():
    assert tuesdays(TORONTO, time(19)).slot() == (2 * DAY, 2 * DAY + 90)
    assert fitting([hours(TUESDAY, 18, 21)], TORONTO, [tuesdays(TORONTO, time(at)) for at in (18, 19, 20)]) == (
        (DAY + 23 * 60, DAY + 23 * 60 + 90),
        (2 * DAY, 2 * DAY + 90),
    )


@given(
    st.sampled_from([TORONTO, VANCOUVER, REGINA, ST_JOHNS]), st.sampled_from([TORONTO, VANCOUVER, REGINA, ST_JOHNS]),
    st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.integers(0, 47), st.integers(0, 335), st.integers(1, 60),
)  # fmt: skip
def test_fits_are_what_the_two_clocks_show_minute_by_minute(here, there, first, half, start, length):
    """Against a walk through every minute of every session, on the clock of the person."""
    series = SeriesTime(first, time(half // 2, 30 * (half % 2)), here, 10, 90)
    week = [(start * 30, min(WEEK, (start + length) * 30))]
    zone = ZoneInfo(there)
    inside = all(
        week[0][0] <= local.weekday() * DAY + local.hour * 60 + local.minute < week[0][1]
        for begin in series.starts()
        for local in ((begin + timedelta(minutes=minute)).astimezone(zone) for minute in range(90))
        if not changes_within(begin, zone)
    )
    if not any(changes_within(begin, zone) for begin in series.starts()):
        assert attends(week, there, series) is inside


def changes_within(begin: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks change during the session: then the person's wall shows an hour twice, or not at all."""
    ends = begin + timedelta(minutes=90)
    return begin.astimezone(zone).utcoffset() != ends.astimezone(zone).utcoffset()
