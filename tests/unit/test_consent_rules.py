"""Consent: the exact text, a complete signature, and when it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.rules import (
    ConsentVersion,
    Published,
    Signature,
    Statement,
    asks_again,
    canonical_text,
    check_signature,
    days_in_force,
    in_force,
    text_hash,
)
from psp.content import load

VERSIONS = {
    item["code"]: ConsentVersion.from_json(item) for item in load("consents")["purposes"] if item["version"] == 1
}
PART = VERSIONS["taking_part"]
ALL_TICKED = [statement.code for statement in PART.statements]
SIGNED = datetime(2026, 12, 1, 15, tzinfo=UTC)
SIGNATURE = Signature("taking_part", 1, SIGNED)
HOUR = timedelta(hours=1)
FROZEN = {
    ("taking_part", "en"): "f02628ad3b591885",
    ("taking_part", "fr"): "766ef4c7f36ce7b3",
    ("contact_email", "en"): "04a84fd1e1ffaaeb",
    ("contact_email", "fr"): "e25fd2107b5abb6d",
    ("contact_sms", "en"): "65940c5a28e80b78",
    ("contact_sms", "fr"): "c325f156e7f7cf61",
    ("contact_phone", "en"): "bcc0bb6657d7c20d",
    ("contact_phone", "fr"): "a6d752af8e9b0f0a",
    ("contact_post", "en"): "e5cfb787284f2af7",
    ("contact_post", "fr"): "eda58cf2170ae467",
    ("results", "en"): "240bdc042ef3db05",
    ("results", "fr"): "e811519ebf2c49e7",
    ("evaluation", "en"): "2785eb2acc7c75bd",
    ("evaluation", "fr"): "f6e7c87b8ab73308",
    ("research", "en"): "f33a32cbb6c79bb1",
    ("research", "fr"): "9da1165b68715c7b",
    ("story", "en"): "2ad713d52ef590a4",
    ("story", "fr"): "8d9c8796d6312c9f",
    ("recording", "en"): "364d03d81a37297e",
    ("recording", "fr"): "486c5229e0a69f38",
}


def test_canonical_text_of_version_1_is_frozen() -> None:
    """Signatures point to these very characters: whoever changes a text must make a new version of it."""
    assert {
        (code, language): text_hash(version, language)[:16]
        for code, version in VERSIONS.items()
        for language in ("en", "fr")
    } == FROZEN


def test_canonical_text_shows_every_part_in_order() -> None:
    lines = canonical_text(PART, "fr").splitlines()
    assert lines[0] == "taking_part, version 1, fr"
    assert lines[2] == "Ma participation"
    assert lines[4] == PART.summary_fr
    assert [line[:3] for line in lines[6:]] == [f"{number}. " for number in range(1, 8)]
    assert lines[12] == "7. J’accepte de participer."


def test_canonical_text_keeps_no_break_spaces_and_folds_other_white_space() -> None:
    version = replace(PART, title_fr="  Deux\t mots\r\nici\u00a0: oui ")
    assert canonical_text(version, "fr").splitlines()[2] == "Deux mots ici\u00a0: oui"


def test_canonical_text_is_the_same_for_composed_and_decomposed_letters() -> None:
    composed, decomposed = replace(PART, title_fr="\u00e9t\u00e9"), replace(PART, title_fr="e\u0301te\u0301")
    assert text_hash(composed, "fr") == text_hash(decomposed, "fr")


def test_canonical_text_marks_optional_statements_in_the_language() -> None:
    version = replace(PART, statements=(replace(PART.statements[0], required=False),))
    assert canonical_text(version, "en").endswith(" (optional)\n")
    assert canonical_text(version, "fr").endswith(" (facultatif)\n")
    with pytest.raises(ValueError, match="de"):
        canonical_text(version, "de")


words = st.text(st.sampled_from("ab 1.\n"), min_size=1, max_size=6).filter(lambda text: text.strip() != "")
versions = st.builds(
    ConsentVersion, st.just("p"), st.integers(1, 2), words, words, words, words,
    st.lists(st.builds(Statement, st.just("c"), words, words, st.booleans()), max_size=3).map(tuple),
)  # fmt: skip


def squeezed(version: ConsentVersion) -> tuple[object, ...]:
    texts = [version.title_en, version.summary_en, *(line.text_en for line in version.statements)]
    return (
        version.version,
        *(" ".join(text.split()) for text in texts),
        *(line.required for line in version.statements),
    )


@given(versions, versions)
def test_text_hash_is_equal_exactly_for_equal_texts(one: ConsentVersion, other: ConsentVersion) -> None:
    assert (text_hash(one, "en") == text_hash(other, "en")) == (squeezed(one) == squeezed(other))


def test_check_signature_complete_has_no_problem() -> None:
    assert check_signature(PART, ticked=ALL_TICKED, typed_name="A. B.") == ()


@pytest.mark.parametrize("left_out", ALL_TICKED)
def test_check_signature_each_of_the_seven_must_be_ticked(left_out: str) -> None:
    ticked = [code for code in ALL_TICKED if code != left_out]
    (problem,) = check_signature(PART, ticked=ticked, typed_name="A. B.")
    assert (problem.code, problem.statement) == ("statement_not_ticked", left_out)


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\u00a0\u2060", "\t\n", "\u00ad"])
def test_check_signature_needs_a_name_that_can_be_seen(name: str) -> None:
    (problem,) = check_signature(PART, ticked=ALL_TICKED, typed_name=name)
    assert (problem.code, problem.statement) == ("name_missing", None)


def test_check_signature_lists_every_problem_at_once() -> None:
    problems = check_signature(PART, ticked=[*ALL_TICKED[1:], "bogus"], typed_name="x" * 201)
    assert [item.code for item in problems] == ["statement_not_ticked", "statement_unknown", "name_too_long"]


def test_check_signature_optional_statement_may_stay_empty() -> None:
    version = replace(PART, statements=(replace(PART.statements[0], required=False),))
    assert check_signature(version, ticked=[], typed_name="A") == ()


@pytest.mark.parametrize(
    ("withdrawals", "now", "holds"),
    [
        ([], SIGNED - HOUR, False),
        ([], SIGNED, True),
        ([SIGNED + HOUR], SIGNED, True),
        ([SIGNED + HOUR], SIGNED + HOUR, False),
        ([SIGNED + HOUR], SIGNED + 1000 * HOUR, False),
        ([SIGNED - HOUR], SIGNED + HOUR, True),
        ([SIGNED], SIGNED + HOUR, False),
    ],
)
def test_in_force_from_signing_until_withdrawal(withdrawals: list[datetime], now: datetime, holds: bool) -> None:
    assert in_force(SIGNATURE, withdrawals, now) is holds


@given(st.lists(st.integers(-50, 50)), st.integers(-60, 60), st.integers(0, 60))
def test_in_force_once_withdrawn_never_comes_back(hours: list[int], now: int, later: int) -> None:
    withdrawals = [SIGNED + hour * HOUR for hour in hours]
    moment = SIGNED + now * HOUR
    if moment >= SIGNED and not in_force(SIGNATURE, withdrawals, moment):
        assert not in_force(SIGNATURE, withdrawals, moment + later * HOUR)


def test_asks_again_only_for_a_newer_text() -> None:
    assert not asks_again(SIGNATURE, 1)
    assert asks_again(SIGNATURE, 2)


def test_days_in_force_end_the_day_before_the_next_text_begins() -> None:
    first, second, third = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
    texts = [Published(3, third), Published(1, first), Published(2, second)]
    assert days_in_force(1, texts) == (first, date(2026, 11, 30))
    assert days_in_force(2, texts) == (second, date(2026, 12, 31))
    assert days_in_force(3, texts) == (third, None)
    began, ended = days_in_force(1, [Published(1, first), Published(2, first)])
    assert ended is not None
    assert ended < began, "a text that was replaced on its first day had none"
    with pytest.raises(KeyError):
        days_in_force(4, texts)
