"""The public pages in a browser: small and wide, light and dark, in both languages, with and without scripts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

PAGES = ("", "services/", "after-applying/", "privacy-notice/", "safe-use/", "what-we-hold/", "transparency/")
# Where to put a picture of every page, to look at: PSP_PICTURES=folder.
PICTURES = os.environ.get("PSP_PICTURES", "")


def keep_picture(person, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        person.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_public_pages_are_sound_and_ask_nobody_else(visitor, language, phone, theme):
    person = visitor(language, phone=phone, color_scheme=theme)
    for path in PAGES:
        person.open(path)
        keep_picture(person, f"{path.strip('/') or 'home'}-{language}-{'phone' if phone else 'wide'}-{theme}")
    assert person.strangers == []


def test_demo_shows_a_waiting_time_from_its_data(visitor):
    person = visitor("en")
    person.open("after-applying/")
    expect(person.page.get_by_text("Half of the people waited less than about").first).to_be_visible()


def test_explanation_of_the_quick_exit_needs_no_script_and_keeps_nothing(visitor):
    person = visitor("fr", phone=True, java_script_enabled=False)
    person.page.goto(f"{person.site.url}/fr/")
    note = person.page.locator("details.exit-note")
    expect(note.locator("ul")).to_be_visible()
    note.locator("summary").click()
    expect(note.locator("ul")).to_be_hidden()
    assert not [one["name"] for one in person.context.cookies() if "csrf" not in one["name"]]
    person.page.goto(f"{person.site.url}/fr/")
    expect(note.locator("ul")).to_be_visible()


def test_menu_and_numbers_are_reached_by_keyboard(visitor):
    person = visitor("en")
    person.open("")
    person.page.get_by_role("navigation", name="About the program").get_by_role("link", name="What we offer").focus()
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("What we offer")
    number = person.page.locator("#help-now a[href='tel:911']")
    number.focus()
    expect(number).to_be_focused()
