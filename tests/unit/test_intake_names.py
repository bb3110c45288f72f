"""Names: spelling and order do not matter to the exact form; close ones meet, different ones do not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.names import Closeness, closeness, exact_form, noted_forms, person_forms, sound, words

NAME = st.lists(st.text(st.sampled_from("abcdeéèghijlmnoôprstuvyzœç"), min_size=2, max_size=9), min_size=1, max_size=4)
ANY = st.text(max_size=60)


@pytest.mark.parametrize(
    ("noted", "name", "expected"),
    [
        ("Marc Tremblay", "TREMBLAY, Marc", "exact"),
        ("Zoé-Anne Côté", "zoe anne cote", "exact"),
        ("Lætitia Bœuf", "Laetitia Boeuf", "exact"),
        ("O’Brien Sean", "Sean O'Brien", "exact"),
        ("Philippe Tremblay", "Filip Tremblet", "close"),
        ("Catherine Roy", "Katherine Roi", "close"),
        ("Marc Tremblay", "Marc", "close"),
        ("Marc", "Marc Tremblay", "close"),
        ("Marc Tremblay", "Marc T.", "close"),
        ("M. Tremblay", "Marc Tremblay", "close"),
        ("Marc Tremblay", "Marc Lavoie", None),
        ("Marc Tremblay", "Julie Tremblay", None),
        ("Marc Tremblay", "Luc", None),
        ("Ferdinand Nommé", "Noémie", None),
        ("Marc T.", "Marc Lavoie", None),
        ("", "", None),
        ("!?", "…", None),
        ("Marc", "", None),
    ],
)
def test_names_meet_or_do_not(noted, name, expected):
    assert closeness(noted, name) == expected


@given(NAME, st.randoms(use_true_random=False))
def test_accents_case_order_and_punctuation_do_not_matter(parts, random):
    bare = [unicodedata.normalize("NFD", part).upper() for part in parts]
    random.shuffle(bare)
    assert exact_form(" ".join(parts)) == exact_form(random.choice([", ", " - ", "  "]).join(bare))
    assert closeness(" ".join(parts), "  ".join(bare)) is Closeness.EXACT


@given(ANY)
def test_forms_are_stable_for_any_text(text):
    assert exact_form(exact_form(text)) == exact_form(text)
    assert words(text) == sorted(words(text))
    assert all(sound(word) for word in words(text))


@given(NAME, NAME)
def test_closeness_is_the_same_from_both_sides(one, other):
    assert closeness(" ".join(one), " ".join(other)) == closeness(" ".join(other), " ".join(one))


@given(NAME)
def test_doubled_consonants_and_a_silent_end_stay_close(parts):
    name = " ".join(parts)
    for letter in "lmnr":
        name = name.replace(letter, letter * 2)
    assert closeness(" ".join(parts), name) in (Closeness.EXACT, Closeness.CLOSE)


@given(NAME)
def test_exact_names_are_close_names_too(parts):
    assert noted_forms(" ".join(parts)) & person_forms(" ".join(reversed(parts)))
