"""Somebody who leads says when they can, with the keyboard, and takes a pause; on a phone, in both languages."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.people import follow
from tests.e2e.test_accounts import enter


def test_times_are_said_by_keyboard_and_a_pause_is_one_click(visitor):
    person = visitor("fr", phone=True)
    enter(person, "supporter.qc")
    person.open("lead/times/")
    page = person.page
    box = page.locator("input[name=availability][value='5-morning']")
    before = box.is_checked()
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked(checked=not before)
    follow(page.locator("main form:has([name=availability]) button[type=submit]"))
    expect(page.get_by_text("Vos plages sont enregistrées.")).to_be_visible()
    expect(page.locator("input[name=availability][value='5-morning']")).to_be_checked(checked=not before)
    person.check()
    follow(page.locator("button[name=on]"))
    expect(page.get_by_role("heading", name=re.compile("Vous faites une pause"))).to_be_visible()
    person.check()
    person.language = "en"
    person.open("lead/times/")
    follow(page.locator("button[name=on]"))
    expect(page.get_by_role("heading", name="Take a pause")).to_be_visible()
    # Nothing chosen where something must be: said at the top and at the field, and nothing is lost.
    for choice in page.locator("input[name=languages]:checked").all():
        choice.uncheck()
    follow(page.locator("main form:has([name=availability]) button[type=submit]"))
    expect(page.locator(".error-summary, [role=alert]").first).to_be_visible()
    person.check()
