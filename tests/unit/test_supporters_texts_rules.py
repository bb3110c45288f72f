"""What is different in a new version, as the person who is asked to agree reads it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from consent.rules_texts import in_order, next_code
from psp.content import load
from psp.readability import reading_of
from supporters.texts.rules import Mark, differences, one_sided


def section(code: str, *points: str, heading: str = "", fr: tuple[str, ...] | None = None) -> dict[str, Any]:
    head = heading or code.title()
    return {
        "code": code, "heading_en": head, "heading_fr": f"{head} (fr)", "points_en": list(points),
        "points_fr": list(fr if fr is not None else [f"{one} (fr)" for one in points]),
    }  # fmt: skip


SECTIONS = st.lists(
    st.builds(
        lambda code, points: section(code, *points),
        st.sampled_from("abcdef"), st.lists(st.sampled_from(["one", "two", "three", "four"]), min_size=1, max_size=4),
    ),
    max_size=6, unique_by=lambda one: one["code"],
)  # fmt: skip


@given(SECTIONS)
def test_the_same_text_has_no_differences(text):
    assert differences(text, text, "en") == []


@given(SECTIONS, SECTIONS)
def test_points_that_stayed_and_came_make_the_new_text_and_those_that_stayed_and_went_the_old(old, new):
    was, now = ({one["code"]: one["points_en"] for one in text} for text in (old, new))
    for diff in differences(old, new, "en"):
        after = [text for mark, text in diff.lines if mark in (Mark.SAME, Mark.ADDED)]
        before = [text for mark, text in diff.lines if mark in (Mark.SAME, Mark.REMOVED)]
        assert after == now.get(diff.code, [])
        assert before == was.get(diff.code, [])


@given(SECTIONS, SECTIONS)
def test_every_section_that_differs_is_told_once_and_no_other(old, new):
    was, now = ({one["code"]: one for one in text} for text in (old, new))
    told = [diff.code for diff in differences(old, new, "en") if diff.mark != Mark.MOVED]
    assert sorted(told) == sorted(code for code in was | now if was.get(code) != now.get(code))


@given(st.permutations("abcde"))
def test_only_what_left_its_order_is_called_moved(order):
    old = [section(code, "one") for code in "abcde"]
    new = [section(code, "one") for code in order]
    moved = {diff.code for diff in differences(old, new, "en")}
    rest = [code for code in order if code not in moved]
    assert rest == sorted(rest)
    assert set(rest) == in_order("abcde", order)


def test_a_change_in_one_language_is_no_difference_for_readers_of_the_other():
    old, new = [section("a", "one", fr=("un",))], [section("a", "one", fr=("un seul",))]
    assert differences(old, new, "en") == []
    (diff,) = differences(old, new, "fr")
    assert diff.lines == ((Mark.REMOVED, "un"), (Mark.ADDED, "un seul"))


def test_a_new_heading_is_told_with_the_old_one():
    (diff,) = differences([section("a", "one", heading="Old")], [section("a", "one", heading="New")], "en")
    assert (diff.mark, diff.heading, diff.old_heading) == (Mark.CHANGED, "New", "Old")


def test_text_that_says_less_in_one_language_is_named():
    assert one_sided([section("a", "one"), section("b", "one", "two", fr=("un",))]) == "b"
    assert one_sided([section("a")]) == "a", "a heading without a point says nothing"
    assert one_sided([{**section("a", "one"), "heading_fr": ""}]) == "a"
    assert one_sided([section("a", "one")]) is None


@given(st.sets(st.from_regex(r"section_[1-9]", fullmatch=True)))
def test_a_new_section_gets_a_code_that_was_never_used(taken):
    assert next_code(taken) not in taken


def test_first_versions_say_the_same_in_both_languages_in_plain_words():
    texts = load("program_texts")["texts"]
    assert [one["kind"] for one in texts] == ["supporter", "staff", "protocol"]
    for text in texts:
        assert len({one["code"] for one in text["sections"]}) == len(text["sections"])
        for language in ("en", "fr"):
            for one in text["sections"]:
                reading = reading_of(" ".join(point[f"text_{language}"] for point in one["points"]), language)
                assert reading is None or reading.plain, (text["kind"], one["code"], language, reading)
