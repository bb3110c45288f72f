"""How a check-in is kept, what calls for help, when it is asked for, and what may be counted. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from supporters.wellbeing.rules_checkin import (
    BLOCK,
    Answer,
    Colour,
    Said,
    is_asked,
    is_hard,
    months_to_count,
    pack,
    tally,
    unpack,
)

CODES = st.text(alphabet="abcdefghij", min_size=1, max_size=20)
SAID = st.builds(
    Said,
    colour=st.sampled_from(["", *Colour]),
    word=st.text(max_size=30),
    answers=st.dictionaries(CODES, st.sampled_from(list(Answer)), max_size=5),
)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(SAID)
def test_what_was_said_comes_back_as_it_was(said):
    assert unpack(pack(said)) == said


@given(SAID, SAID)
def test_every_check_in_is_as_long_as_every_other(one, other):
    assert len(pack(one).encode()) == len(pack(other).encode()) == BLOCK


def test_a_text_whose_key_is_gone_says_nothing():
    assert unpack("") == Said()
    assert unpack("").is_empty


@given(SAID)
def test_help_is_there_at_once_for_a_hard_colour_or_two_answers_that_are_no(said):
    no = [one for one in said.answers.values() if one == "no"]
    assert is_hard(said) == (said.colour == "hard" or len(no) > 1)


@given(DAYS, st.booleans(), st.none() | DAYS, st.none() | DAYS)
def test_the_card_asks_once_a_week_unless_it_was_put_away(today, wanted, last, away_until):
    quiet_after_the_last = last is not None and last > today - timedelta(days=7)
    put_away = away_until is not None and today < away_until
    expected = wanted and not quiet_after_the_last and not put_away
    assert is_asked(today, wanted=wanted, last=last, away_until=away_until) == expected


@given(st.lists(DAYS), st.lists(DAYS.map(lambda day: day.replace(day=1))), DAYS)
def test_a_month_is_counted_when_it_is_over_and_only_once(days, counted, today):
    months = months_to_count(days, counted, today)
    assert months == sorted(set(months))
    for month in months:
        assert month not in counted
        assert (month.year, month.month) < (today.year, today.month)
        assert any((day.year, day.month) == (month.year, month.month) for day in days)


@given(st.lists(st.sampled_from([*Colour, ""])), st.integers(5, 12))
def test_too_few_people_are_not_even_counted(colours, threshold):
    said = [colour for colour in colours if colour]
    figures = tally(colours, threshold)
    if len(said) < threshold:
        assert figures is None
    else:
        assert figures is not None
        assert sum(figures.values()) == len(said)
        assert all(figures[colour] == said.count(colour) for colour in ("good", "mixed", "hard"))
