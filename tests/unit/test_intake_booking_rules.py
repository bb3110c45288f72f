"""Free times from published hours: right over every change of clocks, never taken twice, never outside the hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.booking_rules import Once, Published, Slot, Terms, Weekly, free_slots, hours_on, in_turn

ZONES = ["America/St_Johns", "America/Toronto", "America/Vancouver", "America/Edmonton", "America/Winnipeg",
         "America/Regina"]  # fmt: skip
MONDAY = date(2026, 11, 30)
ALWAYS = date(2020, 1, 1)


def moment(text: str, zone: str = "America/Toronto") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def published(*weekly: Weekly, zone: str = "America/Toronto", minutes: int = 45, **more) -> Published:
    terms = {name: more.pop(name) for name in ("buffer", "notice", "horizon_days") if name in more}
    return Published(Terms(zone, minutes, **{"horizon_days": 6} | terms), weekly, **more)


def monday(start: str, end: str, **more) -> Weekly:
    return Weekly(0, time.fromisoformat(start), time.fromisoformat(end), ALWAYS, **more)


def clocks(slots: list[Slot], zone: str = "America/Toronto") -> list[str]:
    return [slot.starts_at.astimezone(ZoneInfo(zone)).strftime("%a %H:%M") for slot in slots]


SUNDAY_NOON = moment("2026-11-29T12:00")


def test_slots_follow_each_other_with_the_buffer_between():
    found = free_slots(published(monday("09:00", "12:00"), minutes=45, buffer=15), [], SUNDAY_NOON)
    assert clocks(found) == ["Mon 09:00", "Mon 10:00", "Mon 11:00"]


def test_hours_that_touch_are_one_time():
    found = free_slots(published(monday("09:00", "09:30"), monday("09:30", "10:00"), minutes=60), [], SUNDAY_NOON)
    assert clocks(found) == ["Mon 09:00"]


def test_nothing_within_the_notice_nor_beyond_the_horizon():
    hours = published(monday("09:00", "12:00"), minutes=60, notice=timedelta(hours=22, minutes=1), horizon_days=6)
    assert clocks(free_slots(hours, [], SUNDAY_NOON)) == ["Mon 11:00"]
    assert free_slots(published(monday("09:00", "12:00"), horizon_days=0), [], SUNDAY_NOON) == []


def test_pattern_holds_from_its_first_to_its_last_day():
    spans = monday("09:00", "10:00", ends=MONDAY)
    assert clocks(free_slots(published(spans, horizon_days=14), [], SUNDAY_NOON)) == ["Mon 09:00"]
    later = Weekly(0, time(9), time(10), MONDAY + timedelta(days=7))
    assert len(free_slots(published(later, horizon_days=8), [], SUNDAY_NOON)) == 1


def test_day_off_holiday_and_hours_away():
    hours = published(monday("09:00", "12:00"), away=(Once(MONDAY, (time(10), time(11))),))
    assert hours_on(hours, MONDAY) == [(time(9), time(10)), (time(11), time(12))]
    assert hours_on(published(monday("09:00", "12:00"), away=(Once(MONDAY),)), MONDAY) == []
    assert hours_on(published(monday("09:00", "12:00"), holidays=frozenset({MONDAY})), MONDAY) == []


def test_extra_hours_hold_on_a_holiday_too():
    extra = Once(MONDAY, (time(18), time(19)))
    hours = published(monday("09:00", "12:00"), extra=(extra,), holidays=frozenset({MONDAY}))
    assert hours_on(hours, MONDAY) == [(time(18), time(19))]


def test_taken_time_keeps_its_buffer_on_both_sides():
    hours = published(monday("09:00", "13:00"), minutes=45, buffer=15)
    # Set by hand at an hour of its own: 10:10 to 10:55, and fifteen minutes after it.
    taken = Slot(moment("2026-11-30T10:10").astimezone(UTC), moment("2026-11-30T11:10").astimezone(UTC))
    assert clocks(free_slots(hours, [taken], SUNDAY_NOON)) == ["Mon 09:00", "Mon 12:00"]


# --- clocks that change ---


@pytest.mark.parametrize(
    ("zone", "day", "offset_minutes"),
    [
        ("America/St_Johns", "2027-03-15", -150), ("America/St_Johns", "2027-11-08", -210),
        ("America/Toronto", "2027-03-15", -240), ("America/Toronto", "2027-11-08", -300),
        # British Columbia, Alberta and Manitoba keep one time since 2026.
        ("America/Vancouver", "2026-11-30", -420), ("America/Vancouver", "2027-03-15", -420),
        ("America/Edmonton", "2026-11-30", -360), ("America/Edmonton", "2027-03-15", -360),
        ("America/Winnipeg", "2026-11-30", -300), ("America/Winnipeg", "2027-03-15", -300),
        ("America/Regina", "2026-11-30", -360), ("America/Regina", "2027-07-05", -360),
    ],
)  # fmt: skip
def test_published_wall_clock_is_kept_over_the_change_of_clocks(zone, day, offset_minutes):
    monday_day = date.fromisoformat(day)
    now = datetime.combine(monday_day - timedelta(days=3), time(12), tzinfo=ZoneInfo(zone))
    (slot,) = free_slots(published(monday("09:00", "10:00"), zone=zone, minutes=60), [], now)
    assert slot.starts_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") == f"{day} 09:00"
    assert slot.starts_at == datetime.combine(monday_day, time(9), tzinfo=UTC) - timedelta(minutes=offset_minutes)


def test_hour_that_is_skipped_is_not_offered():
    sunday = Weekly(6, time(1, 30), time(3, 30), ALWAYS)
    found = free_slots(published(sunday, minutes=30), [], moment("2027-03-13T12:00"))
    assert clocks(found) == ["Sun 01:30", "Sun 03:00"]


def test_hour_that_comes_twice_is_offered_within_the_hours_only():
    sunday = Weekly(6, time(1, 30), time(3), ALWAYS)
    found = free_slots(published(sunday, minutes=30), [], moment("2027-11-06T12:00"))
    assert clocks(found) == ["Sun 01:30", "Sun 02:00", "Sun 02:30"]


wall_clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0, minute=at.minute // 15 * 15))
spans = st.tuples(wall_clocks, wall_clocks).filter(lambda pair: pair[0] < pair[1])
weeklies = st.builds(lambda day, span: Weekly(day, span[0], span[1], ALWAYS), st.integers(0, 6), spans)
exceptions = st.builds(
    Once, st.dates(date(2026, 11, 1), date(2027, 12, 31)), spans | st.none()
)  # fmt: skip
# Every hour of fourteen months: all changes of clocks are among them.
moments = st.integers(0, 24 * 420).map(lambda hours: datetime(2026, 10, 25, tzinfo=UTC) + timedelta(hours=hours))
busies = st.builds(
    lambda start, quarters: Slot(start, start + timedelta(minutes=15 * quarters)), moments, st.integers(1, 20)
)
books = st.builds(
    lambda zone, minutes, buffer, notice, weekly, away, extra: Published(
        Terms(zone, minutes, buffer, timedelta(hours=notice), 14), tuple(weekly), tuple(away), tuple(extra)
    ),
    st.sampled_from(ZONES), st.sampled_from([15, 30, 45, 60, 90]), st.sampled_from([0, 5, 15, 30]), st.integers(0, 72),
    st.lists(weeklies, max_size=6), st.lists(exceptions, max_size=3), st.lists(exceptions, max_size=3),
)  # fmt: skip


@given(books, st.lists(busies, max_size=6), moments)
def test_every_slot_lies_in_published_hours_is_free_and_in_time(book, busy, now):
    terms, zone = book.terms, ZoneInfo(book.terms.zone)
    slots = free_slots(book, busy, now)
    assert slots == sorted(set(slots))
    for slot in slots:
        assert slot.ends_at - slot.starts_at == timedelta(minutes=terms.minutes)
        assert slot.starts_at >= now + terms.notice
        begin, end = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
        assert 0 <= (begin.date() - now.astimezone(zone).date()).days <= terms.horizon_days
        within = [
            (start, stop) for start, stop in hours_on(book, begin.date())
            if start <= begin.time() and (end.date() == begin.date() and end.time() <= stop)
        ]  # fmt: skip
        assert within, (slot, hours_on(book, begin.date()))
        held = Slot(slot.starts_at, slot.ends_at + timedelta(minutes=terms.buffer))
        assert not any(held.meets(one) for one in busy)
    for one, other in pairwise(slots):
        assert other.starts_at - one.starts_at >= timedelta(minutes=terms.minutes)


@given(books, moments)
def test_taking_a_slot_takes_that_slot_alone_from_the_others_of_its_grid(book, now):
    slots = free_slots(book, [], now)
    if not slots:
        return
    gone = slots[len(slots) // 2]
    taken = Slot(gone.starts_at, gone.ends_at + timedelta(minutes=book.terms.buffer))
    left = free_slots(book, [taken], now)
    assert gone not in left
    assert set(left) <= set(slots)


def test_whoever_has_the_fewest_meetings_comes_first():
    at, other = moment("2026-11-30T09:00"), moment("2026-11-30T10:00")
    free = {"a": {at, other}, "b": {at}, "c": {other}}
    assert in_turn(free, {"a": 3, "b": 1}, at) == ["b", "a"]
    assert in_turn(free, {"a": 3}, at) == ["b", "a"]
    assert in_turn(free, {}, moment("2026-11-30T11:00")) == []
