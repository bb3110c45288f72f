"""A text gets a new version: people read what they signed, are asked again, sign, keep it as a file, and take it back.

Questionnaires are what is signed about: the form for new people does not ask for them, so no other story notices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import apply, download, fill, follow, sign_in_participant, sign_in_team, submit
from tests.e2e.test_desk import FILE, find
from tests.papers import assert_pdf_ua, pdf_text

CASES = [pytest.param("fr", "QC", "coordinator.qc", id="fr"), pytest.param("en", "ON", "coordinator.on", id="en")]
ROOT = "/admin/consent/consentversion/"
PURPOSE = "evaluation"
SECTION = f"main section[aria-labelledby={PURPOSE}]"
NEW = {"fr": "Je sais qui lit mes réponses", "en": "I know who reads my answers"}
SAID = {"fr": "Lu à voix haute", "en": "Read aloud"}, {"fr": "Sur papier", "en": "On paper"}


@pytest.fixture
def administration_in(site) -> Iterator[object]:
    """The pages of the administration speak the language that the account chose."""

    def speak(language: str) -> None:
        with psycopg.connect(site.environment["DATABASE_OWNER_URL"]) as connection:
            connection.execute("UPDATE psp_user SET language = %s WHERE username = 'admin'", [language])

    yield speak
    speak("en")


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_new_text_is_signed_kept_and_taken_back(visitor, site, administration_in, language, province, username):
    name, email = f"Zoé-Canari {language}", f"zoe.{language}@example.org"
    person, office, coordinator = visitor(language, phone=True), visitor(language), visitor(language)
    apply(person, name=name, email=email, province=province)
    sign_in_participant(person, email)

    # Signed line by line, and read again word for word.
    person.open("my/consents/")
    follow(person.page.locator(f"{SECTION} a[href$='/sign/']"))
    sign(person, name)
    read_again(person, name)

    # The text changes: its differences, how many people sign again, until when the old signatures count.
    administration_in(language)
    sign_in_team(office, "admin", front="admin/")
    publish(office, language)

    # Asked at the next visit; the new text is signed, and kept as a file that names nothing.
    person.open("my/")
    follow(person.page.locator(f"main a[href$='/consents/{PURPOSE}/sign/']"))
    person.check()
    expect(person.page.locator("main form")).to_contain_text(NEW[language])
    sign(person, name)
    expect(person.page.locator(f"{SECTION} a[href$='/sign/']")).to_have_count(0)
    read_again(person, name, NEW[language])
    keep_as_file(person, name)

    # Two clicks, no reason, and the same words before and after.
    take_back(person)

    # With a team member: read aloud, and on a paper whose day is missing at first.
    sign_in_team(coordinator, username)
    find(coordinator, email)
    enter(coordinator, "research", "spoken", name)
    expect(coordinator.page.locator("#consents-tab")).to_contain_text(SAID[0][language])
    enter(coordinator, "contact_post", "paper", name)
    expect(coordinator.page.locator("#consents-tab")).to_contain_text(SAID[1][language])
    end_for_the_person(coordinator, "contact_post")
    person.open("my/consents/")
    expect(person.page.locator("main section[aria-labelledby=contact_post] a[href$='/sign/']")).to_be_visible()
    follow(person.page.locator("main section[aria-labelledby=research] a.btn-secondary"))
    person.check()
    expect(person.page.locator("main dl")).to_contain_text(SAID[0][language])
    assert [fault for who in (person, office, coordinator) for fault in who.faults + who.strangers] == []


def sign(person: Visitor, name: str) -> None:
    """Each line by itself; the one that was forgotten is named, and nothing else has to be done again."""
    page = person.page
    boxes = page.locator("main form input[type=checkbox]")
    assert boxes.count() > 1
    for box in boxes.all()[:-1]:
        box.check()
    fill(page, typed_name=name)
    submit(page)
    expect(page.locator("main form input[aria-invalid=true]")).to_have_count(1)
    person.check()
    boxes.last.check()
    submit(page)
    page.wait_for_url("**/my/consents/")
    person.check()


def read_again(person: Visitor, name: str, words: str = "") -> None:
    """What was signed, word for word, with the name that was typed."""
    page = person.page
    follow(page.locator(f"{SECTION} a.btn-secondary"))
    page.wait_for_url(re.compile(r"/my/consents/[0-9a-f-]{36}/$"))
    person.check()
    expect(page.locator("main dl")).to_contain_text(name)
    expect(page.locator("main .card-plain")).to_contain_text(words)


def publish(office: Visitor, language: str) -> None:
    page = office.page
    page.goto(f"{office.site.url}{ROOT}add/")
    office.check()
    follow(page.locator(f"button[name=purpose][value={PURPOSE}]"))
    page.wait_for_url("**/change/")
    office.check()
    for code, words in NEW.items():
        page.locator(f"[name=line_new_{code}]").fill(f"{words} ({language}).")
    follow(page.locator("input[type=submit][name=publish]"))
    page.wait_for_url("**/publish/")
    office.check()
    shown = page.locator("#content")
    for words in NEW.values():
        expect(shown.locator("table")).to_contain_text(f"{words} ({language}).")
    assert re.search(r"\d0", shown.locator("dl.version-figures dd").first.inner_text()), "many signed, never how many"
    assert str(timezone.localdate().year)[:2] in shown.locator("dl.version-figures dd").last.inner_text()
    follow(page.locator("#content input[type=submit].default"))
    page.wait_for_url(f"**{ROOT}")
    office.check()


def keep_as_file(person: Visitor, name: str) -> None:
    """In the language that was signed, and with the other one beside it."""
    for ending, words in (("/paper/", [NEW[person.language]]), ("/paper/?both=1", list(NEW.values()))):
        paper = download(person, ending)
        assert re.fullmatch(r"document-\d{4}-\d\d-\d\d\.pdf", paper.suggested_filename)
        content = paper.path().read_bytes()
        assert_pdf_ua(content, language=person.language)
        said = pdf_text(content).replace(" ", "")
        assert not [text for text in [name, *words] if text.replace(" ", "") not in said]


def take_back(person: Visitor) -> None:
    page = person.page
    person.open("my/consents/")
    follow(page.locator(f"{SECTION} a[href$='/withdraw/']"))
    person.check()
    lines = page.locator("main ul li")
    before = lines.all_inner_texts()
    assert len(before) > 1
    follow(page.locator("main form .btn-danger"))
    page.wait_for_url("**/withdrawn/")
    person.check()
    assert lines.all_inner_texts() == before, "what was promised is what happened"
    person.open("my/consents/")
    expect(page.locator(f"{SECTION} a[href$='/sign/']")).to_be_visible()
    expect(page.locator("main section[aria-labelledby=past] li")).to_have_count(2)


def enter(coordinator: Visitor, purpose: str, manner: str, name: str) -> None:
    """A signature that the team member notes down."""
    page = coordinator.page
    page.locator("[role=tab][href='#consents-tab']").click()
    page.locator("#consents-tab details summary").click()
    follow(page.locator(f"#consents-tab a[href$='/consents/{purpose}/']"))
    coordinator.check()
    page.locator(f"main input[name=manner][value={manner}]").check()
    for box in page.locator("main form input[type=checkbox]").all():
        box.check()
    fill(page, typed_name=name)
    submit(page)
    if manner == "paper":
        expect(page.locator("main form input[aria-invalid=true]").first).to_be_visible()
        coordinator.check()
        fill(page, signed_on=timezone.localdate().isoformat())
        submit(page)
    page.wait_for_url(FILE)
    coordinator.check()


def end_for_the_person(coordinator: Visitor, purpose: str) -> None:
    """Somebody says by phone that they take it back."""
    page = coordinator.page
    page.locator("[role=tab][href='#consents-tab']").click()
    follow(page.locator(f"#consents-tab a[href$='/consents/{purpose}/end/']"))
    page.wait_for_url(f"**/consents/{purpose}/end/")
    coordinator.check()
    follow(page.locator("main form .btn-danger"))
    page.wait_for_url(FILE)
    coordinator.check()
