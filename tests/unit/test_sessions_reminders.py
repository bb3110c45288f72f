"""Under which key a reminder goes out once."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.reminding import Due, rule_name
from sessions.reminders import SOURCE
from sessions.rules import reminder_key, useful_until


def test_moments_without_a_zone_are_refused() -> None:
    naive = datetime(2026, 12, 8)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        useful_until(naive)


@given(st.uuids(), st.uuids(), st.integers(1, 336), st.integers(0, 99))
def test_reminder_key_is_what_the_planner_writes_and_the_guard_reads(
    event: UUID, person: UUID, hours: int, revision: int
) -> None:
    key = SOURCE.key_of(Due(event, person, "member", datetime(2026, 12, 9, tzinfo=UTC), revision, hours))
    assert key == reminder_key(event, person, rule_name(hours), revision)
    read = SOURCE.pattern.fullmatch(key)
    assert read is not None
    assert read.groupdict() == {
        "event": str(event), "person": str(person), "rule": f"{hours}h", "revision": str(revision)
    }  # fmt: skip


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
