"""Until when to answer, when to remind, how many to ask next, and names that tell nothing but when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contact.lint import neutral_violations
from groups.rules_inviting import answer_until, end_of_day, further_offers, reminder_due, told_apart, weekly

NOW = datetime(2026, 11, 26, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(("zone", "day"), [("America/Vancouver", 25), ("America/St_Johns", 26), ("UTC", 26)])
def test_a_day_ends_where_the_person_lives(zone, day):
    end = end_of_day(NOW, zone).astimezone(ZoneInfo(zone))
    assert (end.day, end.hour, end.minute) == (day, 23, 59)


def test_an_answer_may_come_until_the_end_of_a_day_and_never_after_the_group_begins():
    assert answer_until(NOW, 7, "UTC", None) == datetime(2026, 12, 3, 23, 59, tzinfo=UTC)
    begins = datetime(2026, 11, 30, 19, tzinfo=UTC)
    assert answer_until(NOW, 7, "UTC", begins) == begins


def test_a_day_that_is_longer_or_shorter_still_ends_at_its_end():
    before_the_change = datetime(2027, 3, 13, 12, tzinfo=UTC)
    until = answer_until(before_the_change, 1, "America/Toronto", None)
    assert until.astimezone(UTC) == datetime(2027, 3, 15, 3, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days_given", "after"), [(7, timedelta(days=5)), (2, timedelta(days=1)), (1, timedelta(hours=12))]
)
def test_the_reminder_comes_two_days_before_the_end_or_halfway(days_given, after):
    assert reminder_due(NOW, NOW + timedelta(days=days_given), 2) == NOW + after


@pytest.mark.parametrize(
    ("freed", "offered", "more"),
    [("", "", 0), ("a", "", 1), ("ab", "c", 1), ("ac", "c", 1), ("a", "cd", 0), ("aa", "", 1)],
)
def test_one_is_asked_for_each_place_that_became_free(freed, offered, more):
    assert further_offers(freed, offered) == more


def test_names_tell_nothing_but_when():
    names = weekly(datetime(2027, 1, 12, 19, 0, tzinfo=UTC))
    assert names == {"en": "Tuesdays, 7:00 p.m.", "fr": "Mardis, 19\u00a0h"}
    again = told_apart(names, ["Tuesdays, 7:00 p.m.", "Tuesdays, 7:00 p.m. (2)"])
    assert again == {"en": "Tuesdays, 7:00 p.m. (3)", "fr": "Mardis, 19\u00a0h (3)"}
    assert told_apart(names, []) == names
    for day in range(7):
        for language, name in weekly(datetime(2027, 1, 11 + day, 18, 30, tzinfo=UTC)).items():
            assert neutral_violations(name, language) == []
