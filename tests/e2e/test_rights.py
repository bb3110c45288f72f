"""A person's own space on a phone: where I stand, who opened my file, a copy, a correction, and the way out."""

from __future__ import annotations

import json
import re

import pytest

from tests.e2e import people
from tests.e2e.conftest import Visitor
from tests.e2e.people import apply, sign_in_participant, sign_in_team, submit

WORDS = "Noé with an acute accent"
REGIONS = {"fr": ("QC", "coordinator.qc"), "en": ("ON", "coordinator.on")}


def follow(visitor: Visitor, path: str) -> None:
    """Press the link of the page to this place under /my/, then look at it with every check."""
    people.follow(visitor.page.locator(f"main a[href='/{visitor.language}/my/{path}']").first)
    visitor.page.wait_for_url(f"**/my/{path}")
    visitor.check()


def copy_of(visitor: Visitor) -> dict[str, object]:
    follow(visitor, "rights/copy/")
    with visitor.page.expect_download() as waiting:
        visitor.page.locator("main a[href$='/download/']").click()
    assert waiting.value.failure() is None
    assert re.fullmatch(r"copy-\d{4}-\d\d-\d\d\.json", waiting.value.suggested_filename)
    return json.loads(waiting.value.path().read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_rights_on_a_phone(language, visitor, site):
    province, username = REGIONS[language]
    email = f"noe.{language}@example.org"
    person, coordinator = visitor(language, phone=True), visitor(language)
    apply(person, name="Noe-Canari", email=email, province=province)
    sign_in_participant(person, email)

    # Where I stand, and who opened my file: nobody yet, then the coordinator by role and name.
    assert person.page.locator(".lead-text strong").inner_text().strip()
    sign_in_team(coordinator, username)
    coordinator.page.locator("form[role=search] input[name=text]").fill(email)
    people.follow(coordinator.page.locator("form[role=search] button[type=submit]"))
    person.open("my/")
    follow(person, "opened/")
    assert person.page.locator("tbody tr", has_text=re.compile("Coord")).count()

    # A copy of everything, to read and as a file.
    person.open("my/")
    follow(person, "rights/")
    data = copy_of(person)
    assert email in json.dumps(data, ensure_ascii=False)

    # A correction goes to the desk and comes back answered.
    person.open("my/rights/")
    follow(person, "rights/correct/")
    person.page.locator("input[name=item][value=application]").check()
    person.page.locator("textarea[name=text]").fill(WORDS)
    submit(person.page)
    person.page.wait_for_url(re.compile(r"/my/rights/[0-9a-f-]{36}/$"))
    person.check()
    asked = person.page.url.rstrip("/").rsplit("/", 1)[1]
    coordinator.open("desk/corrections/")
    coordinator.open(f"desk/corrections/{asked}/")
    assert coordinator.page.get_by_text(WORDS).count()
    coordinator.page.locator("textarea[name=answer]").fill("It is as you sent it.")
    people.follow(coordinator.page.locator("button[name=refuse]"))
    coordinator.page.wait_for_url("**/desk/corrections/")
    person.open(f"my/rights/{asked}/")
    person.page.locator("textarea[name=note]").fill("I see it differently.")
    submit(person.page)
    person.check()
    assert person.page.get_by_text("I see it differently.").count()

    # Deletion is asked for, seen by the officer, and taken back.
    person.open("my/rights/delete/")
    person.page.locator("input[name=agrees]").check()
    people.follow(person.page.locator("main form .btn-danger"))
    person.page.wait_for_url(re.compile(r"/my/rights/[0-9a-f-]{36}/$"))
    person.check()
    officer = visitor(language)
    sign_in_team(officer, "privacy")
    officer.open("privacy/requests/")
    assert officer.page.locator("tbody tr").count()
    people.follow(person.page.locator("main form .btn-secondary").last)
    person.page.wait_for_url("**/my/rights/")

    # Two clicks from the first page, and no reason.
    person.open("my/rights/details/")
    person.open("my/sessions/")
    person.open("my/")
    follow(person, "leave/")
    people.follow(person.page.locator("main form .btn-danger"))
    person.page.wait_for_url("**/my/left/")
    person.check()
    person.open("my/")
    assert person.page.locator(".lead-text strong").inner_text().strip()
    assert [fault for who in (person, coordinator, officer) for fault in who.faults + who.strangers] == []
