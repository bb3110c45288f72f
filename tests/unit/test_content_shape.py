"""The content files: both languages everywhere, true cross-references, clean typography."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from contact.wording import compose
from intake.rules import Affiliation, CriterionCode, Reason, from_json
from psp.content import in_language, load, names
from psp.holidays import PROVINCES, statutory_holidays

FILES = names()


def objects(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from objects(child, f"{path}/{key}")


def texts(name: str, language: str) -> Iterator[tuple[str, str]]:
    for path, item in objects(load(name)):
        for key, value in item.items():
            if key.endswith(f"_{language}"):
                yield f"{name}{path}/{key}", value


def test_the_files_are_there() -> None:
    assert FILES == (
        "answers",
        "call_scripts",
        "consents",
        "crisis_lines",
        "eligibility_v1",
        "evaluation",
        "given_kinds",
        "incident_kinds",
        "indicators",
        "library_topics",
        "meeting_steps",
        "messages",
        "notice_v1",
        "program_texts",
        "questionnaires",
        "readiness",
        "regions",
        "support_kinds",
        "wellbeing",
    )


@pytest.mark.parametrize("name", FILES)
def test_every_text_is_there_in_both_languages(name: str) -> None:
    for path, item in objects(load(name)):
        english = {key[:-3] for key in item if key.endswith("_en")}
        french = {key[:-3] for key in item if key.endswith("_fr")}
        assert english == french, path
        for key in english:
            assert item[f"{key}_en"].strip() == item[f"{key}_en"] != "", path
            assert item[f"{key}_fr"].strip() == item[f"{key}_fr"] != "", path


@pytest.mark.parametrize("name", FILES)
def test_french_typography(name: str) -> None:
    """No-break space before a colon and inside guillemets, none before ; ! ?, curly quotes, no middots."""
    for path, text in texts(name, "fr"):
        assert not re.search(r"[^\u00a0]:(?!//)(?=\s|$)", text), path
        assert not re.search(r"«[^\u00a0]|[^\u00a0]»", text), path
        assert not re.search(r"[\s\u00a0\u202f][;!?]", text), path
        assert not re.search(r"['\"·•]|\(e\)|\.e\.?s\b", text), path
        assert not re.search(r"  |\d (?:h|ans|jours)\b", text), path


@pytest.mark.parametrize("name", FILES)
def test_english_typography(name: str) -> None:
    for path, text in texts(name, "en"):
        assert not re.search(r"['\"·]|  |[\s\u00a0][:;!?]", text), path


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", r"victim|perpetrator|\bcase\b|\busers?\b|invalid|patient|client"),
        (
            "fr",
            r"victime|agresseur|(?:un|votre|ce|chaque) cas\b|utilisat|invalide|patient|client|\btu\b|\btes\b",
        ),
    ],
)
def test_no_word_that_the_house_does_not_use(name: str, language: str, words: str) -> None:
    found = [path for path, text in texts(name, language) if re.search(words, text, re.IGNORECASE)]
    assert found == []


def test_regions_are_the_13_and_outside_canada_each_in_one_program_region() -> None:
    content = load("regions")
    provinces = {item["code"]: item for item in content["provinces"]}
    assert set(provinces) == PROVINCES | {"XX"}
    assert len(content["provinces"]) == 14
    grouped = [(code, region["code"]) for region in content["program_regions"] for code in region["provinces"]]
    assert sorted(grouped) == sorted((code, item["program_region"]) for code, item in provinces.items())
    for item in provinces.values():
        assert item["time_zone"] == item["time_zones"][0]
        assert statutory_holidays(item["holidays"], [2026])


def test_regions_name_real_time_zones() -> None:
    content = load("regions")
    for item in content["provinces"]:
        for zone in item["time_zones"]:
            assert zoneinfo.ZoneInfo(zone).key == zone
    for item in content["program_regions"]:
        zoneinfo.ZoneInfo(item["time_zone"])


def test_eligibility_has_words_for_every_code() -> None:
    content = load("eligibility_v1")
    rules, wording = from_json(content["rules"]), content["wording"]
    assert rules.version == 1
    assert rules.valid_from == date(2026, 11, 1)
    assert [item["code"] for item in wording["criteria"]] == list(CriterionCode)
    assert [item["code"] for item in wording["affiliations"]] == list(Affiliation)
    assert [item["code"] for item in wording["reasons"]] == list(Reason)


def test_consents_cover_the_seven_points_and_one_for_each_way() -> None:
    purposes = {item["code"]: item for item in load("consents")["purposes"]}
    assert list(purposes) == [
        "taking_part", "contact_email", "contact_sms", "contact_phone", "contact_post", "results",
        "evaluation", "research", "story", "recording",
    ]  # fmt: skip
    assert [line["code"] for line in purposes["taking_part"]["statements"]] == [
        "informed", "questions", "voluntary", "my_information", "kept_safe", "not_identified", "agree",
    ]  # fmt: skip
    assert [item["required"] for item in purposes.values()] == [True] + [False] * 9
    assert [code for code, item in purposes.items() if not item.get("offered", True)] == ["recording"]
    assert all(line["required"] for item in purposes.values() for line in item["statements"])


def test_crisis_lines_can_be_tapped() -> None:
    content = load("crisis_lines")
    for item in [*content["lines"], *content["other_services"]]:
        assert item["numbers"], item["code"]
        for number in item["numbers"]:
            assert number["kind"] in ("call", "text", "tty")
            scheme, digits = number["href"].split(":")
            assert scheme == ("sms" if number["kind"] == "text" else "tel")
            assert digits.removeprefix("+1") == re.sub(r"\D", "", number["display"]).removeprefix("1")
        assert set(item.get("reasons") or []) <= set(Reason)
        assert set(item["provinces"] or []) <= PROVINCES
    assert content["lines"][0]["numbers"][0]["href"] == "tel:911"
    assert date.fromisoformat(content["checked_on"])


@pytest.mark.parametrize("reason", [reason for reason in Reason if not reason.startswith("unanswered")])
def test_other_services_exist_for_every_reason(reason: str) -> None:
    offered = [
        item["code"]
        for item in load("crisis_lines")["other_services"]
        if item["reasons"] is None or reason in item["reasons"]
    ]
    assert len(offered) >= 3
    assert ("kids_help_phone" in offered) == (reason == "under_18")


def test_notice_carries_the_facts_of_the_assessment() -> None:
    notice = load("notice_v1")
    assert (notice["number"], notice["valid_from"]) == (1, "2026-11-01")
    assert "PPU 884" in notice["pib_en"]
    assert "PPU\u00a0884" in notice["pib_fr"]
    assert notice["privacy_email"] == "ATIP-AIPRP@forces.gc.ca"
    assert notice["privacy_phone_href"] == "tel:+16139016720"
    assert [item["code"] for item in notice["sections"]] == [
        "who",
        "what",
        "choice",
        "seen_by",
        "stories",
        "kept",
        "rights",
    ]


def test_notice_tells_of_every_way_to_be_printed() -> None:
    """Who writes a story for a report reads beforehand who reads it, and what is printed of it."""
    assert any(item["code"] == "story" for item in load("consents")["purposes"])
    told = next(item for item in load("notice_v1")["sections"] if item["code"] == "stories")
    assert "without your name" in told["text_en"]
    assert "sans votre nom" in told["text_fr"]


def test_load_gives_a_fresh_object_and_knows_its_names() -> None:
    first = load("messages")
    first["templates"].clear()
    assert load("messages")["templates"]
    for missing in ("nothing", "../settings", ""):
        with pytest.raises(KeyError):
            load(missing)


def test_in_language_falls_back_to_english() -> None:
    item = {"title_en": "Hello", "title_fr": "Bonjour"}
    assert [in_language(item, "title", code) for code in ("fr", "fr-ca", "en", "en-ca", "de")] == [
        "Bonjour", "Bonjour", "Hello", "Hello", "Hello",
    ]  # fmt: skip


def test_messages_read_as_whole_sentences_in_both_languages() -> None:
    messages = load("messages")
    french = compose(messages, "meeting_set", "fr", {"when": "le mardi 8 décembre 2026 à 19 h", "link": "x"})
    english = compose(messages, "meeting_set", "en", {"when": "Tuesday, 8 December 2026", "link": "x"})
    assert "prévu le mardi 8 décembre 2026" in french.text
    assert "is on Tuesday, 8 December 2026" in english.text
