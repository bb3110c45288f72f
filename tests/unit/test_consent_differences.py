"""What differs between two versions of a text, and how it reads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consent.rules_texts import Kind, changes, next_code
from psp.readability import reading_of

HEAD = {"title_en": "T", "title_fr": "T", "summary_en": "S", "summary_fr": "S"}


def version(*codes: str, words: str = "a") -> dict:
    texts = {"required": True, "text_en": words, "text_fr": words}
    return HEAD | {"statements": [{"code": code, **texts} for code in codes]}


def found(old: dict, new: dict) -> list[tuple[Kind, str]]:
    return [(change.kind, change.part) for change in changes(old, new)]


def test_each_kind_of_difference() -> None:
    old = version("a", "b", "c")
    assert found(old, old) == []
    assert found(old, version("a", "b", "c", "d")) == [(Kind.ADDED, "d")]
    assert found(old, version("a", "c")) == [(Kind.REMOVED, "b")]
    assert found(old, version("c", "a", "b")) == [(Kind.MOVED, "c")]
    assert found(old, version("a", "b", "c", words="b"))[0] == (Kind.REWORDED, "a")
    assert found(old, old | {"summary_fr": "X"}) == [(Kind.REWORDED, "summary")]


codes = st.lists(st.sampled_from("abcdef"), unique=True)


@given(codes, codes)
def test_the_differences_account_for_every_statement(old: list[str], new: list[str]) -> None:
    """Whoever applies them to the old order gets the statements of the new one."""
    said = changes(version(*old), version(*new))
    kinds = {kind: {change.part for change in said if change.kind == kind} for kind in Kind}
    assert kinds[Kind.ADDED] == set(new) - set(old)
    assert kinds[Kind.REMOVED] == set(old) - set(new)
    kept = [code for code in old if code in new and code not in kinds[Kind.MOVED]]
    assert kept == [code for code in new if code in old and code not in kinds[Kind.MOVED]]


@given(st.sets(st.from_regex(r"line_[1-9]", fullmatch=True)))
def test_a_new_statement_gets_a_code_that_nothing_ever_had(taken: set[str]) -> None:
    assert next_code(taken) not in taken


def test_reading_hint_in_both_languages() -> None:
    assert reading_of("You may say no.", "en").plain
    assert reading_of("Vous pouvez dire non.", "fr").plain
    hard = "Notwithstanding aforementioned considerations, institutional responsibilities necessitate acknowledgement."
    assert not reading_of(hard, "en").plain
    assert not reading_of("Nonobstant les considérations susmentionnées relatives aux responsabilités.", "fr").plain
    assert reading_of(" … 12", "en") is None
