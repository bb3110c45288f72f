"""When a reminder is due, and under which key it goes out once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.rules import Upcoming, reminder_key, reminder_span, reminders_due, useful_until

START = datetime(2026, 12, 9, 0, 0, tzinfo=UTC)
SESSION = Upcoming("s1", START)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("before", "due"),
    [
        (timedelta(hours=24) + SECOND, False),
        (timedelta(hours=24), True),
        (timedelta(hours=1), True),
        (SECOND, True),
        (timedelta(0), False),
        (-SECOND, False),
    ],
)
def test_reminders_due_from_24_hours_before_until_the_start(before: timedelta, due: bool) -> None:
    assert reminders_due([SESSION], START - before) == ([SESSION] if due else [])


def test_reminders_due_window_drops_what_is_too_late() -> None:
    window = timedelta(hours=6)
    assert reminders_due([SESSION], START - timedelta(hours=18), window=window) == [SESSION]
    assert reminders_due([SESSION], START - timedelta(hours=18) + SECOND, window=window) == []


def test_reminders_due_soonest_first() -> None:
    later, sooner = Upcoming("a", START + timedelta(hours=2)), Upcoming("b", START)
    assert reminders_due([later, sooner], START - timedelta(hours=3)) == [sooner, later]


def test_reminders_due_over_a_change_of_clocks_is_elapsed_hours() -> None:
    """1 November 2026 has 25 hours in Toronto: the reminder for 19:00 goes out at 20:00 the day before."""
    start = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
    assert reminders_due([Upcoming("s", start)], datetime(2026, 11, 1, 0, 0, tzinfo=UTC)) != []
    assert reminders_due([Upcoming("s", start)], datetime(2026, 10, 31, 23, 59, tzinfo=UTC)) == []


@given(st.integers(-5000, 5000), st.integers(1, 100), st.none() | st.integers(1, 6000))
def test_reminders_due_only_while_useful_and_within_the_span(
    minutes: int, hours: int, window_minutes: int | None
) -> None:
    now = START + timedelta(minutes=minutes)
    window = None if window_minutes is None else timedelta(minutes=window_minutes)
    due = bool(reminders_due([SESSION], now, hours, window))
    after, until = reminder_span(now, hours)
    opened = START - timedelta(hours=hours)
    assert due == (opened <= now < useful_until(START) and (window is None or now <= opened + window))
    assert due <= (after < START <= until)


def test_moments_without_a_zone_are_refused() -> None:
    naive = datetime(2026, 12, 8)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        reminders_due([SESSION], naive)
    with pytest.raises(ValueError, match="time zone"):
        useful_until(naive)


@given(st.uuids(), st.uuids(), st.uuids(), st.integers(0, 9))
def test_reminder_key_is_stable_and_its_own(one: UUID, other: UUID, person: UUID, revision: int) -> None:
    key = reminder_key(one, person, "24h", revision)
    assert key == reminder_key(str(one), str(person), "24h", revision)
    assert len(key) < 255
    different = {
        reminder_key(one, person, "24h", revision + 1),
        reminder_key(one, person, "1h", revision),
        reminder_key(person, one, "24h", revision) if one != person else "",
        reminder_key(other, person, "24h", revision) if one != other else "",
    }
    assert key not in different


@pytest.mark.parametrize("parts", [("", "p", "24h"), ("s|p", "p", "24h"), ("s", "p", "")])
def test_reminder_key_refuses_parts_that_could_be_mistaken(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="must not"):
        reminder_key(*parts)
