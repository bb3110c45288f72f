"""Dates as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psp.calendar_text import ZONES, long_date, long_datetime, machine_time, relative_days, time_of_day, zone_name
from psp.content import load

SEVEN_PM = datetime(2026, 12, 9, 0, 0, tzinfo=UTC)
NB = "\u00a0"


def test_long_datetime_as_the_house_writes_it() -> None:
    assert long_datetime(SEVEN_PM, "America/Toronto", "en") == "Tuesday, 8 December 2026, 7:00 p.m. (Eastern time)"
    assert long_datetime(SEVEN_PM, "America/Toronto", "fr") == f"le mardi 8 décembre 2026 à 19{NB}h (heure de l’Est)"


@pytest.mark.parametrize(
    ("tz", "english", "french"),
    [
        ("America/St_Johns", "8:30 p.m. (Newfoundland time)", f"20{NB}h{NB}30 (heure de Terre-Neuve)"),
        ("America/Halifax", "8:00 p.m. (Atlantic time)", f"20{NB}h (heure de l’Atlantique)"),
        ("America/Winnipeg", "7:00 p.m. (Central time)", f"19{NB}h (heure du Centre)"),
        ("America/Regina", "6:00 p.m. (Saskatchewan time)", f"18{NB}h (heure de la Saskatchewan)"),
        ("America/Edmonton", "6:00 p.m. (Mountain time)", f"18{NB}h (heure des Rocheuses)"),
        ("America/Vancouver", "5:00 p.m. (Pacific time)", f"17{NB}h (heure du Pacifique)"),
        ("America/Whitehorse", "5:00 p.m. (Yukon time)", f"17{NB}h (heure du Yukon)"),
        ("Europe/Berlin", "1:00 a.m. (Berlin time, UTC+1)", f"1{NB}h (heure locale (Berlin), UTC+1)"),
        (
            "Asia/Kolkata",
            "5:30 a.m. (Kolkata time, UTC+5:30)",
            f"5{NB}h{NB}30 (heure locale (Kolkata), UTC+5:30)",
        ),
        ("Europe/London", "12:00 midnight (London time, UTC+0)", f"0{NB}h (heure locale (Londres), UTC+0)"),
        ("America/New_York", "7:00 p.m. (New York time, UTC−5)", f"19{NB}h (heure locale (New York), UTC−5)"),
    ],
)
def test_long_datetime_in_every_part_of_the_country(tz: str, english: str, french: str) -> None:
    assert long_datetime(SEVEN_PM, tz, "en").endswith(f", {english}")
    assert long_datetime(SEVEN_PM, tz, "fr").endswith(f" à {french}")


def test_long_datetime_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        long_datetime(datetime(2026, 12, 8), "America/Toronto", "en")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("clock", "english", "french"),
    [
        (time(0, 0), "12:00 midnight", f"0{NB}h"),
        (time(0, 5), "12:05 a.m.", f"0{NB}h{NB}05"),
        (time(9, 0), "9:00 a.m.", f"9{NB}h"),
        (time(12, 0), "12:00 noon", f"12{NB}h"),
        (time(12, 30), "12:30 p.m.", f"12{NB}h{NB}30"),
        (time(19, 30), "7:30 p.m.", f"19{NB}h{NB}30"),
        (time(23, 59), "11:59 p.m.", f"23{NB}h{NB}59"),
    ],
)
def test_time_of_day(clock: time, english: str, french: str) -> None:
    assert time_of_day(clock, "en") == english
    assert time_of_day(clock, "fr-ca") == french


def test_long_date_first_of_the_month_and_article() -> None:
    first = date(2026, 2, 1)
    assert long_date(first, "en") == "Sunday, 1 February 2026"
    assert long_date(first, "fr") == "le dimanche 1er février 2026"
    assert long_date(date(2026, 8, 21), "fr", article=False) == "vendredi 21 août 2026"


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no such language"):
        long_date(date(2026, 1, 1), "de")
    with pytest.raises(ValueError, match="no such language"):
        zone_name("UTC", "")


@pytest.mark.parametrize(
    ("days", "english", "french"),
    [
        (0, "today", "aujourd’hui"),
        (1, "tomorrow", "demain"),
        (-1, "yesterday", "hier"),
        (3, "in 3 days", f"dans 3{NB}jours"),
        (-2, "2 days ago", f"il y a 2{NB}jours"),
        (400, "in 400 days", f"dans 400{NB}jours"),
    ],
)
def test_relative_days(days: int, english: str, french: str) -> None:
    today = date(2026, 12, 31)
    assert relative_days(today + timedelta(days=days), today, "en") == english
    assert relative_days(today + timedelta(days=days), today, "fr") == french


def test_every_zone_of_the_regions_has_a_name_in_both_languages() -> None:
    content = load("regions")
    zones = {zone for item in content["provinces"] for zone in item["time_zones"]}
    zones |= {item["time_zone"] for item in content["program_regions"]}
    assert zones <= set(ZONES)


def test_one_zone_name_never_stands_for_two_times() -> None:
    """From the end of 2026 on, in winter as in summer."""
    for day in (datetime(2026, 12, 1, 12, tzinfo=UTC), datetime(2027, 7, 1, 12, tzinfo=UTC)):
        seen: dict[str, str] = {}
        for tz in ZONES:
            name = zone_name(tz, "en")
            clock = long_datetime(day, tz, "en")
            assert seen.setdefault(name, clock) == clock, tz


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.sampled_from(sorted(ZONES)))  # noqa: DTZ001
def test_both_languages_tell_the_same_moment(moment: datetime, tz: str) -> None:
    aware = moment.replace(tzinfo=UTC)
    english, french = long_datetime(aware, tz, "en"), long_datetime(aware, tz, "fr")
    assert english.split(" ")[1] == french.split(" ")[2].removesuffix("er")
    assert ("1er" in french) == (english.split(" ")[1] == "1")


def test_moment_for_a_machine_has_no_small_parts_of_a_second() -> None:
    moment = datetime(2026, 11, 26, 14, 5, 9, 415087, tzinfo=UTC)
    assert machine_time(moment) == "2026-11-26T14:05:09+00:00"
