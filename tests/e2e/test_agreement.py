"""A new version of the agreement comes out: who leads sees what is new and agrees on a phone; the team agrees to its
own; the protocol is one tap from a session; and two who lead find each other, because both wish it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import follow, sign_in_team
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
    follow(office.page.locator(f"#content {selector}").first)
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
    follow(page.locator("section[aria-labelledby=card-agreement] a"))
    expect(page.locator("ins").first).to_have_text("Vous pouvez apporter un coussin.")
    lead.check()
    # Without the box nothing happens, and the page says how to mend it.
    follow(page.locator("main form:has([name=agree]) button[type=submit]"))
    expect(page.locator(".error-summary")).to_be_visible()
    lead.check()
    page.locator("[name=agree]").check()
    follow(page.locator("main form:has([name=agree]) button[type=submit]"))
    expect(page.get_by_text("Ce que vous avez accepté reste ici, mot pour mot.")).to_be_visible()
    follow(page.locator("main a[href*='/lead/agreement/']").first)
    expect(page.get_by_text("Vous pouvez apporter un coussin.")).to_be_visible()
    lead.check()
    lead.open("lead/")
    expect(page.locator("#card-agreement")).to_have_count(0)

    enter(desk, "coordinator.qc")
    desk.open("desk/")
    follow(desk.page.locator("section[aria-labelledby=card-agreement] a"))
    expect(desk.page.get_by_text("You knock before you enter.").first).to_be_visible()
    desk.check()
    desk.page.locator("[name=agree]").check()
    follow(desk.page.locator("main form:has([name=agree]) button[type=submit]"))
    expect(desk.page.locator("[name=agree]")).to_have_count(0)
    desk.check()
    for person in (office, lead, desk):
        assert person.strangers == []
