"""A new version of the agreement comes out: who leads sees what is new and agrees on a phone; the team agrees to its
own; the protocol is one tap from a session; and two who lead find each other, because both wish it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import sign_in_team
from tests.e2e.stack import Stack
from tests.e2e.test_accounts import enter

ROOT = "/admin/supporters/programtext/"
EVERYBODY_AGREES = """
from supporters.models import Acknowledgement
from supporters.texts.reading import concerned, current, waiting_among
for kind in ("supporter", "staff"):
    users = [user.pk for user in concerned(kind)]
    Acknowledgement.objects.bulk_create(
        Acknowledgement(user_id=pk, text=current(kind), language="en") for pk in waiting_among(users, kind)
    )
"""


@pytest.fixture
def agreed_again(site: Stack) -> Iterator[None]:
    """Other stories go on with people who may lead."""
    yield
    site.run(EVERYBODY_AGREES)


def press(office: Visitor, selector: str) -> None:
    office.page.locator(f"#content {selector}").first.click()
    office.page.wait_for_load_state()
    assert not office.faults, office.faults


def publish(office: Visitor, site: Stack, kind: str, english: str, french: str) -> None:
    """One more point in the first section of that text, looked at on every page of the editor."""
    page = office.page
    page.goto(f"{site.url}{ROOT}add/")
    office.check()
    press(office, f"button[value={kind}]")
    for language, words in (("en", english), ("fr", french)):
        field = page.locator(f"textarea[name^=points_][name$=_{language}]").first
        field.fill(f"{field.input_value()}\n{words}")
    office.check()
    press(office, "input[name=publish]")
    expect(page.get_by_text(english).first).to_be_visible()
    expect(page.get_by_text(french).first).to_be_visible()
    office.check()
    page.locator("[name=sure]").check()
    press(office, "input.default")
    assert page.url.endswith(ROOT), page.locator("#content").inner_text()


def test_new_versions_are_published_read_and_agreed_to(visitor, site, agreed_again):
    office, lead, desk = visitor("en"), visitor("fr", phone=True), visitor("en")
    sign_in_team(office, "admin", front="admin/")
    publish(office, site, "supporter", "You may bring a cushion.", "Vous pouvez apporter un coussin.")
    publish(office, site, "staff", "You knock before you enter.", "Vous frappez avant d’entrer.")

    enter(lead, "supporter.qc")
    lead.open("lead/")
    page = lead.page
    expect(page.locator("#card-agreement")).to_have_text(re.compile("a changé"))
    lead.check()
    page.locator("section[aria-labelledby=card-agreement] a").click()
    expect(page.locator("ins").first).to_have_text("Vous pouvez apporter un coussin.")
    lead.check()
    # Without the box nothing happens, and the page says how to mend it.
    page.locator("main form:has([name=agree]) button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    lead.check()
    page.locator("[name=agree]").check()
    page.locator("main form:has([name=agree]) button[type=submit]").click()
    expect(page.get_by_text("Ce que vous avez accepté reste ici, mot pour mot.")).to_be_visible()
    page.locator("main a[href*='/lead/agreement/']").first.click()
    expect(page.get_by_text("Vous pouvez apporter un coussin.")).to_be_visible()
    lead.check()
    lead.open("lead/")
    expect(page.locator("#card-agreement")).to_have_count(0)

    enter(desk, "coordinator.qc")
    desk.open("desk/")
    desk.page.locator("section[aria-labelledby=card-agreement] a").click()
    expect(desk.page.get_by_text("You knock before you enter.").first).to_be_visible()
    desk.check()
    desk.page.locator("[name=agree]").check()
    desk.page.locator("main form:has([name=agree]) button[type=submit]").click()
    expect(desk.page.locator("[name=agree]")).to_have_count(0)
    desk.check()
    for person in (office, lead, desk):
        assert person.strangers == []


def test_protocol_is_one_tap_from_a_session_and_works_without_scripts(visitor):
    lead = visitor("fr", phone=True, java_script_enabled=False)
    enter(lead, "supporter.qc")
    lead.open("lead/calendar/")
    page = lead.page
    lead.open("lead/")
    page.locator("main a[href*='/lead/sessions/'], main a[href*='/lead/session/']").first.click()
    page.locator("main a[href$='/lead/protocol/']").click()
    expect(page.locator("a[href='tel:911']")).to_be_visible()
    page.locator("main a[href='#part-threat']").click()
    expect(page.locator("#part-threat")).to_be_in_viewport()
    assert page.locator(".help-lines a[href^='tel:']").count() > 0


def test_protocol_looks_well_on_a_phone(visitor):
    lead = visitor("fr", phone=True)
    enter(lead, "supporter.qc")
    lead.open("lead/protocol/")
    lead.check()
    lead.language = "en"
    lead.open("lead/protocol/")
    lead.check()


def test_two_who_lead_find_each_other_because_both_wish_it(visitor):
    one, other = visitor("fr", phone=True), visitor("en", phone=True)
    enter(one, "supporter.qc")
    enter(other, "supporter.on")
    for person, line in ((one, "J’aime les lundis."), (other, "I like Mondays.")):
        person.open("lead/network/")
        person.check()
        person.page.locator("main a[href$='/network/me/']").click()
        person.page.locator("[name=interests][value=limits]").check()
        person.page.locator("[name=line]").fill(line)
        person.check()
        person.page.locator("main form:has([name=line]) button[type=submit]").click()
    page = one.page
    one.open("lead/network/")
    one.check()
    page.locator("article", has_text="Morgan").locator("a[href*='/network/ask/']").click()
    page.locator("[name=way]").fill("camille.seulement@example.org")
    one.check()
    page.locator("main form:has([name=way]) button[type=submit]").click()
    expect(page.locator("#asked")).to_be_visible()

    other.open("lead/network/")
    expect(other.page.get_by_text("camille.seulement")).to_have_count(0)
    other.page.locator("main a[href*='/network/answer/']").click()
    expect(other.page.get_by_text("camille.seulement")).to_have_count(0)
    other.check()
    other.page.locator("[name=answer][value=yes]").check()
    other.page.locator("[name=way]").fill("morgan.only@example.org")
    other.page.locator("main form:has([name=way]) button[type=submit]").click()
    expect(other.page.get_by_text("camille.seulement@example.org")).to_be_visible()
    other.check()
    one.open("lead/network/")
    expect(page.get_by_text("morgan.only@example.org")).to_be_visible()
    one.check()
    page.locator("main form[action*='/network/end/'] button").first.click()
    page.locator("main form[action$='/network/leave/'] button").click()
    other.open("lead/network/")
    expect(other.page.locator("article", has_text="Camille")).to_have_count(0)
    other.page.locator("main form[action$='/network/leave/'] button").click()


def test_supervisor_plans_a_meeting_and_keeps_the_library_and_who_leads_comes(visitor):
    care, lead = visitor("en"), visitor("fr", phone=True)
    sign_in_team(care, "supervisor", front="care/")
    page = care.page
    care.open("care/network/meetings/new/")
    care.check()
    for name, words in (("title_en", "Coffee on Friday"), ("title_fr", "Café du vendredi"), ("day", "2029-03-02"),
                        ("begins", "12:00"), ("ends", "13:00"), ("link", "https://meet.example.org/cafe")):  # fmt: skip
        page.locator(f"main [name={name}]").fill(words)
    page.locator("main form button.btn-primary").click()
    expect(page.get_by_text("Coffee on Friday")).to_be_visible()
    care.check()
    enter(lead, "supporter.qc")
    lead.open("lead/network/meetings/")
    expect(lead.page.locator("a[href='https://meet.example.org/cafe']")).to_have_count(0)
    lead.check()
    lead.page.locator("main form[action$='/come/'] button").click()
    expect(lead.page.locator("a[href='https://meet.example.org/cafe']")).to_be_visible()
    lead.check()

    lead.open("lead/network/library/suggest/")
    for name, words in (("link", "https://example.org/limites"), ("title", "Dire non"), ("summary", "Trois façons.")):
        lead.page.locator(f"main [name={name}]").fill(words)
    lead.page.locator("[name=topic]").select_option("limits")
    lead.page.locator("[name=language]").select_option("fr")
    lead.check()
    lead.page.locator("main form:has([name=summary]) button[type=submit]").click()
    lead.check()
    care.open("care/")
    page.locator("main a[href*='/care/network/#due'], main a[href*='/care/network/']").first.click()
    page.get_by_text("Dire non").click()
    care.check()
    for name, words in (("title_en", "Saying no"), ("summary_en", "Three ways.")):
        page.locator(f"main [name={name}]").fill(words)
    page.locator("main form:has([name=title_en]) button[type=submit]").click()
    care.check()
    lead.open("lead/network/library/")
    expect(lead.page.locator("a[href='https://example.org/limites']")).to_have_attribute("rel", "noopener noreferrer")
    lead.check()
