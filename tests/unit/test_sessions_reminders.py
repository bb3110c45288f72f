"""Under which key a reminder goes out once."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.reminding import Due
from sessions.reminders import SOURCE
from sessions.rules import useful_until

NEXT = datetime(2026, 12, 9, tzinfo=UTC)


def key(event: UUID, person: UUID, hours: int, revision: int) -> str:
    return SOURCE.key_of(Due(event, person, "member", NEXT, revision, hours))


def test_moments_without_a_zone_are_refused() -> None:
    naive = datetime(2026, 12, 8)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        useful_until(naive)


@given(st.uuids(), st.uuids(), st.integers(1, 336), st.integers(0, 99))
def test_key_that_the_planner_writes_is_read_back_by_the_guard(
    event: UUID, person: UUID, hours: int, revision: int
) -> None:
    read = SOURCE.pattern.fullmatch(key(event, person, hours, revision))
    assert read is not None
    assert read.groupdict() == {
        "event": str(event), "person": str(person), "rule": f"{hours}h", "revision": str(revision)
    }  # fmt: skip


@given(st.lists(st.uuids(), min_size=3, max_size=3, unique=True), st.integers(0, 9))
def test_key_is_another_one_for_another_session_person_rule_and_time(several: list[UUID], revision: int) -> None:
    one, other, person = several
    keys = {
        key(one, person, 24, revision), key(one, person, 24, revision + 1), key(one, person, 1, revision),
        key(person, one, 24, revision), key(other, person, 24, revision),
    }  # fmt: skip
    assert len(keys) == 5
    assert max(map(len, keys)) < 255
