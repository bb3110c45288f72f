"""Series of sessions over changes of the clocks and over holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psp.content import load
from psp.holidays import PROVINCES, region_holidays, statutory_holidays
from sessions.rules import first_day, series, to_utc

EVENING = time(19, 0)
ZONES = sorted({zone for item in load("regions")["provinces"] for zone in item["time_zones"]})


def offset_hours(tz: str, day: date) -> float:
    offset = datetime.combine(day, time(12), ZoneInfo(tz)).utcoffset()
    assert offset is not None
    return offset.total_seconds() / 3600


def test_zone_data_is_new_enough_for_the_2026_changes() -> None:
    assert tuple(map(int, version("tzdata").split(".")[:1])) >= (2026,)
    winter = date(2026, 12, 1)
    assert offset_hours("America/Vancouver", winter) == -7
    assert offset_hours("America/Edmonton", winter) == -6
    assert offset_hours("America/Winnipeg", winter) == -5


@pytest.mark.parametrize(
    ("tz", "before", "after"),
    [("America/Toronto", 23, 24), ("America/St_Johns", 21.5, 22.5), ("America/Halifax", 22, 23)],
)
def test_series_keeps_the_wall_clock_when_clocks_go_back(tz: str, before: float, after: float) -> None:
    """The clocks go back on 1 November 2026; hours are counted from midnight UTC of the local day."""
    sessions = series(start_date=date(2026, 10, 27), start_time=EVENING, tz=tz, count=2, minutes=90)
    assert [item.local.time() for item in sessions] == [EVENING, EVENING]
    midnights = [datetime(2026, 10, 27, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)]
    hours = [
        (item.start_utc - midnight) / timedelta(hours=1) for item, midnight in zip(sessions, midnights, strict=True)
    ]
    assert hours == [before, after]


@pytest.mark.parametrize(
    "tz",
    [
        "America/Vancouver", "America/Edmonton", "America/Winnipeg", "America/Regina", "America/Whitehorse",
        "America/Yellowknife", "America/Blanc-Sablon",
    ],
)  # fmt: skip
def test_series_without_a_change_of_clocks_is_exactly_weekly(tz: str) -> None:
    sessions = series(start_date=date(2026, 10, 6), start_time=EVENING, tz=tz, count=52, minutes=90)
    steps = {second.start_utc - first.start_utc for first, second in pairwise(sessions)}
    assert steps == {timedelta(weeks=1)}
    assert {item.local.time() for item in sessions} == {EVENING}


def test_to_utc_time_left_out_in_spring_moves_later() -> None:
    assert to_utc(date(2027, 3, 14), time(2, 30), "America/Toronto") == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    (session,) = series(start_date=date(2027, 3, 14), start_time=time(2, 30), tz="America/Toronto", count=1, minutes=60)
    assert session.local.time() == time(3, 30)
    assert session.end_utc - session.start_utc == timedelta(hours=1)


@pytest.mark.parametrize(
    ("tz", "expected"),
    [
        ("America/Toronto", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("America/St_Johns", datetime(2026, 11, 1, 4, 0, tzinfo=UTC)),
    ],
)
def test_to_utc_time_shown_twice_in_autumn_is_the_first(tz: str, expected: datetime) -> None:
    assert to_utc(date(2026, 11, 1), time(1, 30), tz) == expected
    assert to_utc(date(2026, 11, 1), time(1, 30, fold=1), tz) == expected


def test_series_length_is_elapsed_time_over_a_change_of_clocks() -> None:
    (session,) = series(
        start_date=date(2026, 11, 1), start_time=time(0, 30), tz="America/Toronto", count=1, minutes=120
    )
    assert session.end_utc.astimezone(ZoneInfo("America/Toronto")).time() == time(1, 30)


def test_series_of_ten_in_quebec_skips_its_holidays_and_runs_on() -> None:
    skip = statutory_holidays("QC", [2026, 2027])
    sessions = series(
        start_date=date(2026, 12, 4),
        start_time=EVENING,
        tz="America/Toronto",
        count=10,
        minutes=90,
        skip=skip,
    )
    days = [item.local.date() for item in sessions]
    assert date(2026, 12, 25) in skip
    assert date(2027, 1, 1) in skip
    assert not set(days) & set(skip)
    assert days[:5] == [
        date(2026, 12, 4),
        date(2026, 12, 11),
        date(2026, 12, 18),
        date(2027, 1, 8),
        date(2027, 1, 15),
    ]
    assert [item.number for item in sessions] == list(range(1, 11))


def test_series_takes_a_rule_for_skipping_too() -> None:
    closed = lambda day: day.month == 12  # noqa: E731
    sessions = series(
        start_date=date(2026, 11, 26),
        start_time=EVENING,
        tz="America/Regina",
        count=2,
        minutes=90,
        skip=closed,
    )
    assert [item.local.date() for item in sessions] == [date(2026, 11, 26), date(2027, 1, 7)]


def test_series_keeps_its_rhythm_of_two_weeks_around_a_closure() -> None:
    sessions = series(
        start_date=date(2026, 11, 3), start_time=EVENING, tz="America/Toronto", count=3, minutes=90,
        weeks_apart=2, skip={date(2026, 11, 17)},
    )  # fmt: skip
    assert [item.local.date() for item in sessions] == [
        date(2026, 11, 3),
        date(2026, 12, 1),
        date(2026, 12, 15),
    ]


def test_series_starts_on_the_asked_weekday() -> None:
    (session,) = series(
        start_date=date(2026, 12, 8), start_time=EVENING, tz="America/Toronto", count=1, minutes=90, weekday=0
    )
    assert session.local.date() == date(2026, 12, 14)
    assert first_day(date(2026, 12, 8), 1) == date(2026, 12, 8)


@pytest.mark.parametrize("bad", [{"count": 0}, {"minutes": 0}, {"weeks_apart": 0}, {"weekday": 7}])
def test_series_refuses_impossible_numbers(bad: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"count": 1, "minutes": 90}
    with pytest.raises(ValueError, match="must be"):
        series(start_date=date(2026, 12, 8), start_time=EVENING, tz="America/Toronto", **(usual | bad))


def test_series_with_no_day_free_says_so() -> None:
    with pytest.raises(ValueError, match="too few days"):
        series(
            start_date=date(2026, 12, 8), start_time=EVENING, tz="America/Toronto", count=1, minutes=90,
            skip=lambda day: True,
        )  # fmt: skip


@given(
    st.dates(date(2025, 1, 1), date(2032, 12, 31)),
    st.times(),
    st.sampled_from(ZONES),
    st.integers(1, 12),
    st.integers(1, 4),
    st.sets(st.dates(date(2025, 1, 1), date(2034, 1, 1)), max_size=30),
)
def test_series_is_ordered_complete_and_true_to_the_wall_clock(
    start: date, wall: time, tz: str, count: int, apart: int, skip: set[date]
) -> None:
    sessions = series(start_date=start, start_time=wall, tz=tz, count=count, minutes=90, weeks_apart=apart, skip=skip)
    assert len(sessions) == count
    assert all(first.end_utc < second.start_utc for first, second in pairwise(sessions))
    for item in sessions:
        day = item.local.date()
        assert day not in skip
        assert (day - start).days % (7 * apart) == 0
        assert item.local.astimezone(UTC) == item.start_utc
        shifted = item.local.replace(tzinfo=None) - datetime.combine(day, wall)
        assert shifted in (timedelta(0), timedelta(hours=1))


@pytest.mark.parametrize("province", sorted(PROVINCES))
def test_statutory_holidays_same_days_in_both_languages(province: str) -> None:
    english, french = (statutory_holidays(province, range(2024, 2034), language) for language in ("en", "fr"))
    assert list(english) == list(french)
    assert english[date(2026, 12, 25)] == "Christmas Day"
    assert french[date(2026, 12, 25)] == "Jour de Noël"
    assert not any("Boxing" in name or ";" in name for name in french.values())


def test_statutory_holidays_differ_by_province() -> None:
    saint_jean = date(2026, 6, 24)
    assert statutory_holidays("QC", [2026], "fr")[saint_jean] == "Fête nationale du Québec"
    assert saint_jean not in statutory_holidays("ON", [2026])
    assert date(2026, 2, 16) in statutory_holidays("ON", [2026])
    assert date(2026, 2, 16) not in statutory_holidays("QC", [2026])


@pytest.mark.parametrize("national", [None, "XX"])
def test_statutory_holidays_of_a_national_group_are_the_federal_ones(national: str | None) -> None:
    days = statutory_holidays(national, [2026])
    assert {date(2026, 9, 30), date(2026, 11, 11), date(2026, 7, 1)} <= set(days)
    assert date(2026, 6, 24) not in days
    assert statutory_holidays(national, [2026], "fr")[date(2026, 12, 26)] == "Lendemain de Noël"


def test_region_holidays_of_the_prairies_are_a_holiday_in_any_of_them() -> None:
    provinces = ["MB", "SK", "AB"]
    merged = region_holidays(provinces, [2026])
    assert set(merged) == {day for code in provinces for day in statutory_holidays(code, [2026])}
    assert list(merged) == sorted(merged)
    assert region_holidays([], [2026]) == statutory_holidays(None, [2026])


def test_statutory_holidays_refuses_unknown_places_and_languages() -> None:
    with pytest.raises(ValueError, match="ZZ"):
        statutory_holidays("ZZ", [2026])
    with pytest.raises(ValueError, match="de"):
        statutory_holidays("QC", [2026], "de")
