"""What holds for every page, in both languages: well written HTML, and nothing that tells ([security] 19).

A form that is sent empty is among them, so that error messages are looked at too.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from contact.lint import neutral_violations
from psp.content import load
from tests import nu_checker
from tests.every_page import LANGUAGES, PROBLEMS, TOKENS, Shown, every_page, everything
from tests.rendered import blocks_of
from tests.stories import LINES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Any practice or course has these in its addresses; without the rest of the page they tell nothing.
PLAIN_IN_ADDRESSES = {"intake", "consents", "sessions", "session", "groups", "group", "recovery"}
# What a browser may fill in: the fields of signing in, which are the person's own keys.
ROOT = Path(settings.BASE_DIR)
KEYS = {"off", "username webauthn", "username", "current-password", "new-password", "one-time-code", "email"}
STORES = re.compile(
    r"(?:localStorage|sessionStorage)\s*(?:\.setItem\(|\[|\.(?!getItem|setItem)\w+\s*=)[^,;]*|indexedDB|caches\b"
    r"|cookieStore|document\.cookie\s*=[^=;]*|serviceWorker|navigator\.storage"
)
# Whether a coordinator's shortcuts are on; and that this browser has just left (`psp/leaving.py`).
KEPT_BY_SCRIPTS = {
    "desk.js": ["localStorage.setItem(STORE"], "quick-exit.js": ["document.cookie = `${form.dataset.cookie}"]
}  # fmt: skip
ICON = re.compile(r'<link rel="icon"[^>]*href="([^"]+)"')


def titled(shown: Shown) -> str:
    found = re.search(r"<title>(.*?)</title>", shown.text, re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def test_every_page_was_seen():
    """A test of no pages would pass too."""
    pages = every_page()
    assert {shown.language for shown in pages} == set(LANGUAGES)
    assert len(pages) > 400
    assert [
        shown.name for shown in everything() if shown.answer.status_code >= 500 and "problem" not in shown.name
    ] == []
    assert {shown.answer.status_code for shown in everything()} >= set(PROBLEMS) | {200}


def test_every_page_is_html_without_a_fault(tmp_path):
    """By the Nu HTML checker; what it does not know yet is listed with it."""
    assert nu_checker.faults([(shown.name, shown.text) for shown in every_page()], tmp_path) == []


def test_checker_finds_a_fault(tmp_path):
    wrong = [
        "<p><ul><li>a</li></ul></p>",
        '<a href="tel:1 2">a</a>',
        '<p id="a"></p><p id="a"></p>',
        "<div><span></div>",
    ]
    page = '<!doctype html><html lang="en"><head><title>a</title></head><body>{}</body></html>'
    found = nu_checker.faults([(f"page {number}", page.format(fault)) for number, fault in enumerate(wrong)], tmp_path)
    assert {number for number in range(len(wrong)) if any(f"page {number}" in told for told in found)} == {0, 1, 2, 3}


def test_property_19_titles_of_all_pages_are_neutral():
    """Those of the administrators' pages name settings; they name nobody."""
    telling = {
        f"{shown.name}: {titled(shown)}"
        for shown in every_page()
        if not titled(shown) or (not shown.of_administrators and neutral_violations(titled(shown), shown.language))
    }
    assert telling == set()


def test_property_19_titles_name_nobody():
    names = {"Person ", "Camille", "Canari", "@example.org"}
    assert [shown.name for shown in every_page() if any(name in titled(shown) for name in names)] == []


def test_property_19_addresses_are_neutral():
    telling = {}
    for shown in everything():
        words = shown.path.split("?")[0].replace("/", " ").replace("-", " ").replace("_", " ")
        found = set(neutral_violations(words, shown.language)) - PLAIN_IN_ADDRESSES
        if found and not shown.of_administrators:
            telling[re.sub(r"[0-9a-f-]{36}", "…", shown.path)] = found
    assert telling == {}


def test_property_19_names_of_downloads_are_neutral():
    names = {}
    for shown in everything():
        given = re.search(r'filename="?([^";]+)', shown.answer.get("Content-Disposition", ""))
        if given:
            names[given[1]] = neutral_violations(re.sub(r"[-_.]", " ", given[1]), shown.language)
    assert len(names) >= 3
    assert {name: found for name, found in names.items() if found} == {}


def test_property_19_every_page_has_the_one_plain_icon():
    # A copy that is kept as a file has no address of ours in it.
    kept = "attachment"
    pages = [shown for shown in every_page() if kept not in shown.answer.get("Content-Disposition", "")]
    icons = {shown.name: ICON.findall(shown.text) for shown in pages if not shown.of_administrators}
    assert {tuple(found) for found in icons.values()} == {(f"{settings.STATIC_URL}favicon.svg",)}
    drawing = (ROOT / "static/favicon.svg").read_text()
    assert not re.search(r"<(title|desc|text|image|metadata)\b", drawing)


def test_property_19_scripts_keep_two_marks_and_nothing_that_was_typed():
    scripts = {path.name: STORES.findall(path.read_text()) for path in (ROOT / "static/js").rglob("*.js")}
    assert len(scripts) > 5
    assert {name: found for name, found in scripts.items() if found} == KEPT_BY_SCRIPTS


def test_property_19_no_field_is_filled_in_by_the_browser_or_kept_by_it():
    """But for the keys of signing in. Administrators write settings, nothing about a person's own life."""
    open_fields = set()
    for shown in every_page():
        if not shown.of_administrators:
            open_fields |= {f"{field} on {shown.name}" for field in remembered(shown.text)}
    assert open_fields == set()


def remembered(page: str) -> list[str]:
    """Fields to type in that a browser may remember: neither they nor their form say otherwise."""
    found = []
    for start, form in re.findall(r"(<form\b[^>]*>)(.*?)</form>", page, re.DOTALL):
        for field in re.findall(r"<(?:input|textarea)\b[^>]*>", form):
            own = re.search(r'autocomplete="([^"]*)"', field)
            value = own[1] if own else "off" if 'autocomplete="off"' in start else ""
            if is_typed(field) and value not in KEYS:
                found.append(field)
    return found


def is_typed(field: str) -> bool:
    kind = re.search(r'type="([^"]*)"', field)
    return not kind or kind[1] not in ("hidden", "checkbox", "radio", "submit", "button", "date", "time", "number")


# --- Both languages are one page ---

PARTS = re.compile(
    r"<(h[1-6]|form|fieldset|table|button|nav|dl|details)\b|<(?:input|select|textarea)[^>]*\sname=\"([^\"]+)\""
)
SENTENCE = re.compile(r"(?:[^\W\d_]{2,}[^\w]+){3}")
# Who may join a group depends on the language that each world's people speak.
OF_ITS_WORLD = "desk:group_add"
# What is shown as it was signed, in the language of the signature.
AS_SIGNED = [line[f"text_{language}"] for item in load("consents")["purposes"] for line in item["statements"]
             for language in LANGUAGES]  # fmt: skip
# A text that somebody agreed to work by is shown to them in the language in which they read it.
AS_SIGNED += [line for item in load("program_texts")["texts"] for section in item["sections"] for language in LANGUAGES
              for line in (section[f"heading_{language}"], *(one[f"text_{language}"] for one in section["points"]))
              ]  # fmt: skip
# What people typed or chose as their own, in the worlds of the tests; and an address in both languages.
TYPED = {"My name is spelled with one n.", "The list was destroyed.", "Camille of the hills",
         "Tuesday evenings · Les mardis soir",
         "https://meet.example.org", "ATIP-AIPRP@forces.gc.ca", LINES}  # fmt: skip


def in_both() -> list[tuple[str, Shown, Shown]]:
    """(name, the English answer, the French one) of every answer."""
    known: dict[str, dict[str, Shown]] = {}
    for shown in everything():
        known.setdefault(shown.name.partition(" ")[2], {})[shown.language] = shown
    assert [name for name, pair in known.items() if set(pair) != set(LANGUAGES)] == []
    return [(name, pair["en"], pair["fr"]) for name, pair in known.items()]


def parts_of(shown: Shown) -> list[str]:
    """Headings, forms, fields and buttons, in their order."""
    return ["".join(found) for found in PARTS.findall(TOKENS.sub("", shown.text))] if shown.is_page else []


def test_every_answer_is_the_same_in_both_languages():
    """The same status, and the same headings, fields and buttons in the same order ([PIA] rule 18)."""
    pairs = in_both()
    assert len(pairs) > 400
    different = [
        name for name, english, french in pairs
        if english.answer.status_code != french.answer.status_code
        or (parts_of(english) != parts_of(french) and OF_ITS_WORLD not in name)
    ]  # fmt: skip
    assert different == []


def test_no_sentence_is_left_in_the_other_language():
    """What reads alike on both pages is a sentence that nobody wrote in one of the languages."""
    pages = [pair for pair in in_both() if pair[1].is_page and not pair[1].of_administrators]
    # A page that says no speaks both languages: whoever meets it may have come to the wrong address.
    said = [(english, french) for _name, english, french in pages if english.answer.status_code < 400]
    assert len(said) > 200
    alike = {text: english.path for english, french in said for text in sentences(english) & sentences(french)}
    assert {
        text: path for text, path in alike.items()
        if text not in TYPED and not any(line in text for line in AS_SIGNED)
    } == {}  # fmt: skip


def sentences(shown: Shown) -> set[str]:
    return {text for _step, text in blocks_of(shown.text) if SENTENCE.match(text)}
