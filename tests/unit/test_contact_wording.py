"""Everything that leaves is neutral, in both languages, and filled in as declared."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.lint import ENGLISH, FRENCH, neutral_violations
from contact.wording import WordingError, check_template, compose, placeholders
from psp.content import load

MESSAGES = load("messages")
TEMPLATES = {item["code"]: item for item in MESSAGES["templates"]}
SAMPLE = {"when": "le mardi 8 décembre 2026 à 19 h", "code": "123456", "link": "https://example.org/fr/my/"}
LANGUAGES = ("en", "fr")


def fitting(template: dict[str, Any]) -> dict[str, str]:
    return {name: SAMPLE[name] for name in template["placeholders"]}


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Your Peer-Support group meets", "en", ["peer", "support", "group"]),
        ("PSP reminder from the SMSRC", "en", ["psp", "smsrc"]),
        ("Call 1-844-750-1648", "en", ["1 844 750 1648"]),
        ("write to someone@forces.gc.ca", "en", ["forces", "gc.ca"]),
        ("M\u00ad\u200bilitary trauma", "en", ["military", "trauma"]),
        ("SEXUAL_MISCONDUCT", "en", ["sexual", "misconduct"]),
        ("Séance du Programme de soutien par les pairs", "fr", ["seance", "programme", "soutien", "pairs"]),
        ("votre groupe du CSRIS", "fr", ["groupe", "csris"]),
        ("TSM, FAC et vétérans", "fr", ["tsm", "fac", "veterans"]),
        ("l’inconduite", "fr", ["inconduite"]),
        ("traumatisme", "en", ["traumatisme"]),
        ("survivor", "fr", ["survivor"]),
        ("SEANCE", "en", ["seance"]),
    ],
)
def test_neutral_violations_finds_telling_words(text: str, language: str, found: list[str]) -> None:
    assert neutral_violations(text, language) == found


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Your appointment is on Tuesday, 8 December 2026, 7:00 p.m. (Eastern time).", "en"),
        ("A vacation, a café, a violin, two pears and Essex", "en"),
        ("Votre rendez-vous est prévu le mardi 8 décembre à 19 h (heure de l’Est).", "fr"),
        ("La facture, le violon, la réparation, un repaire et l’accord", "fr"),
        ("", "en"),
    ],
)
def test_neutral_violations_leaves_everyday_words_alone(text: str, language: str) -> None:
    assert neutral_violations(text, language) == []


def test_neutral_violations_refuses_another_language() -> None:
    with pytest.raises(ValueError, match="de"):
        neutral_violations("x", "de")


@given(
    st.sampled_from(ENGLISH),
    st.sampled_from(["en", "fr"]),
    st.sampled_from(["{}", "The {} now.", "x-{}", "«{}»"]),
)
def test_every_english_word_is_found_in_english(word: str, language: str, frame: str) -> None:
    text = frame.format(word.rstrip("$").title())
    assert language == "fr" or neutral_violations(text, "en")


@given(st.sampled_from(FRENCH), st.sampled_from(["{}", "Le {}.", "l’{}", "«\u00a0{}\u00a0»", "D'{}!"]))
def test_every_french_word_is_found_in_french(word: str, frame: str) -> None:
    assert neutral_violations(frame.format(word.rstrip("$").upper()), "fr")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(TEMPLATES))
def test_every_template_is_neutral_and_uses_what_it_declares(code: str, language: str) -> None:
    check_template(TEMPLATES[code], language)
    message = compose(MESSAGES, code, language, fitting(TEMPLATES[code]))
    whole = f"{message.sender}\n{message.subject}\n{message.text}"
    assert neutral_violations(whole, language) == []
    assert "{" not in whole
    assert len(message.subject) <= 50


def test_templates_cover_what_the_services_send() -> None:
    assert {
        "sign_in_code", "application_received", "meeting_set", "decision_ready", "session_reminder",
        "invitation", "welcome_back",
    } <= set(TEMPLATES)  # fmt: skip
    assert len(TEMPLATES) == len(MESSAGES["templates"])


def test_compose_uses_the_name_only_when_there_is_one() -> None:
    named = compose(MESSAGES, "sign_in_code", "fr", {"code": "123456"}, name="Alex\r\nBcc: x")
    assert named.text.startswith("Bonjour Alex Bcc: x,\n\n")
    assert "123456" in named.text
    plain = compose(MESSAGES, "sign_in_code", "en", {"code": "123456"})
    assert plain.text.startswith("Hello,\n\n")
    assert plain.subject == "Your code"


def test_compose_takes_braces_in_values_for_text() -> None:
    message = compose(MESSAGES, "sign_in_code", "en", {"code": "{link}"}, name="{code}")
    assert "Hello {code}," in message.text
    assert "Your code is {link}." in message.text


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("no_such", {}),
        ("sign_in_code", {}),
        ("sign_in_code", {"code": "1", "link": "x"}),
        ("meeting_set", {"when": "soon"}),
    ],
)
def test_compose_refuses_values_that_do_not_fit(code: str, values: dict[str, str]) -> None:
    with pytest.raises(WordingError):
        compose(MESSAGES, code, "en", values)


@pytest.mark.parametrize(
    "changes",
    [
        {"text_en": "Your session with the peer group: {link}"},
        {"subject_en": "News from the program"},
        {"subject_en": "Code {link}"},
        {"text_en": "no placeholder"},
        {"text_en": "{link} {when}"},
        {"text_en": "{link} {"},
        {"text_en": "{name} {link}", "placeholders": ["name", "link"]},
        {"text_en": "{rank} {link}", "placeholders": ["rank", "link"]},
    ],
)
def test_check_template_refuses_what_tells_or_does_not_fit(changes: dict[str, Any]) -> None:
    with pytest.raises(WordingError):
        check_template(TEMPLATES["decision_ready"] | changes, "en")


def test_placeholders_lists_the_names_in_braces() -> None:
    assert placeholders("{when}: {link}, {when}") == {"when", "link"}
