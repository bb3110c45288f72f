"""A coordinator's desk: by keyboard alone, two files that are one person, and an application entered during a call."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.people import ANSWERS, fill_step, follow, sign_in_team, submit

CASES = [pytest.param("fr", "QC", "coordinator.qc", id="fr"), pytest.param("en", "ON", "coordinator.on", id="en")]
TWO_FILES = """
from contact.services import set_safe_contact
from tests import factories as make
consents = ("taking_part", "contact_email", "contact_phone")
for name in ("Garder", "Joindre"):
    email = f"{{name}}.{language}@example.org".lower()
    fields = {{"name": name + " {language}", "email": email, "language": {language!r}, "consents": consents}}
    who = make.a_participant({province!r}, **fields)
    set_safe_contact(person=who.user, by=who.user, email_safe=True, call_safe=True, phone={phone!r})
    make.an_application(who) if name == "Garder" else make.accepted(who)
print("made")
"""
PHONES = {"fr": "418 555 0177", "en": "613 555 0177"}
# A person's file itself, not the pages that lie under its address.
FILE = re.compile(r"/desk/people/[0-9a-f-]{36}/(?:[?#].*)?$")


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_list_and_file_are_walked_with_the_keyboard_alone(visitor, language, province, username):
    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    page, press = coordinator.page, coordinator.page.keyboard.press
    coordinator.open("desk/applications/?service=formal")
    for key in ("j", "j", "k", "Enter"):
        press(key)
    page.wait_for_url(FILE)
    first = page.url
    selected = page.locator("[role=tab][aria-selected=true]")
    expect(selected).to_have_attribute("href", "#now")
    coordinator.check()
    for key, tab in (("2", "application-tab"), ("ArrowRight", "consents-tab"), ("End", "history-tab"), ("Home", "now")):
        press(key)
        expect(selected).to_have_attribute("href", f"#{tab}")
        expect(page.locator(f"#{tab}")).to_be_visible()
        assert page.locator("[role=tabpanel]:visible").count() == 1
        coordinator.check()
    press("ArrowLeft")
    expect(selected).to_have_attribute("href", "#history-tab")
    page.reload()
    expect(selected).to_have_attribute("href", "#history-tab")
    press("n")
    page.wait_for_url(lambda url: FILE.search(url) is not None and url.split("#")[0] != first.split("#")[0])
    press("p")
    page.wait_for_url(lambda url: url.split("#")[0] == first.split("#")[0])
    press("u")
    page.wait_for_url("**/desk/applications/?service=formal")
    press("/")
    assert page.evaluate("document.activeElement.name") == "text"


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_two_files_become_one_and_two_again(visitor, site, language, province, username):
    site.run(TWO_FILES.format(language=language, province=province, phone=PHONES[language]))
    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    page = coordinator.page
    find(coordinator, f"garder.{language}@example.org")
    page.locator("[role=tab][href='#files-tab']").click()
    follow(page.locator("#files-tab a[href*='/merge/']").first)
    coordinator.check()
    submit(page)
    page.wait_for_url(FILE)
    page.locator("[role=tab][href='#application-tab']").click()
    coordinator.check()
    find(coordinator, f"joindre.{language}@example.org")
    expect(page.locator("h1")).to_contain_text("Garder"), "both addresses lead to the one file"
    page.locator("[role=tab][href='#files-tab']").click()
    follow(page.locator("#files-tab .undo-bar button"))
    coordinator.check()
    find(coordinator, f"joindre.{language}@example.org")
    expect(page.locator("h1")).to_contain_text("Joindre")


def find(coordinator, text: str) -> None:
    coordinator.open("desk/")
    page = coordinator.page
    page.locator("form[role=search] input[name=text]").fill(text)
    follow(page.locator("form[role=search] button[type=submit]"))
    page.wait_for_url(FILE)


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_person_without_e_mail_is_entered_during_a_call(visitor, language, province, username):
    """The same steps, read aloud; nothing is ticked for e-mail, and the consents say that they were spoken."""
    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    page = coordinator.page
    coordinator.open("desk/enter/")
    number = 1
    answers = ANSWERS | {"email_safe": "no"}
    while page.locator("[data-step]:visible").count():
        fill_step(coordinator, name=f"Sans Courriel {language}", email="", province=province, answers=answers)
        for box in page.locator("[data-step]:visible input[name$=contact_email]").all():
            box.uncheck()
        coordinator.check()
        page.locator("[data-step-continue]").click()
        number += 1
        expect(page.locator("[data-step-number]")).to_have_text(str(number))
    page.locator("[data-steps-end] button[type=submit]:visible").click()
    page.wait_for_url(FILE)
    expect(page.locator("h1")).to_contain_text("Sans Courriel")
    page.locator("[role=tab][href='#consents-tab']").click()
    expect(page.locator("#consents-tab")).to_contain_text("Lu à voix haute" if language == "fr" else "Read aloud")
    coordinator.check()
