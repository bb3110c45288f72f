"""What in a story could tell who wrote it: a help, in both languages, that stays quiet about plain words."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.stories.hints import MOST, telling


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It did me good. I laugh again. We meet on Tuesday evenings.", ["Tuesday"]),
        ("Cela m’a fait du bien. Je ris de nouveau. On se voit le mardi.", []),
        ("My friend Camille was at Valcartier in 2014.", ["Camille", "Valcartier", "2014"]),
        ("En février, à Gagetown, avec le 2e bataillon.", ["février", "Gagetown", "2e"]),
        ("Write me at c.roy@example.org or 418-555-0134.", ["c.roy@example.org", "418-555-0134"]),
        ("The RCR was there. “Never again”, I said.", ["RCR"]),
        ("I think I'm better. It helps that I’ve time.", []),
        ("", []),
    ],
)
def test_names_dates_places_and_ways_to_reach_somebody_are_found(text, found):
    assert telling(text) == found


@given(st.text(max_size=400))
def test_any_text_gives_a_short_list_of_its_own_words(text):
    found = telling(text)
    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    assert all(word in text for word in found)


@pytest.mark.parametrize(
    "text", ["a" + "\n" * 1500 + "a " * 700, "a" + " " * 1500 + "A " * 700, "x" * 3000, "1 " * 1500]
)
def test_text_that_was_made_to_take_long_does_not(text):
    """Every look at the page of a story looks for them, also that of the team: thirty seconds each kept all waiting."""
    begun = process_time()
    telling(text)
    assert process_time() - begun < 3
