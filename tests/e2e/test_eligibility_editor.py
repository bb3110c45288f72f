"""An administrator changes the criteria in the browser, and the public form asks that way; then they change back."""

from __future__ import annotations

import re

from tests.e2e.conftest import Visitor
from tests.e2e.people import follow, sign_in_team
from tests.e2e.stack import Stack

ROOT = "/admin/intake/eligibilityversion/"
LABEL = "I am a relative of one of these people"


def press(visitor: Visitor, value: str) -> None:
    follow(visitor.page.locator(f"#content input[type=submit][{value}]").first)
    assert not visitor.faults, visitor.faults


def drafted(visitor: Visitor, site: Stack) -> str:
    """A new draft; the address of its pages."""
    visitor.page.goto(f"{site.url}{ROOT}add/")
    press(visitor, "class=default")
    found = re.search(rf"{ROOT}(\d+)/change/", visitor.page.url)
    assert found, visitor.page.url
    return f"{site.url}{ROOT}{found[1]}/"


def published(visitor: Visitor, pages: str) -> None:
    visitor.page.goto(f"{pages}publish/")
    press(visitor, "class=default")
    assert visitor.page.url.endswith(ROOT), visitor.page.locator("#content").inner_text()


def affiliations(visitor: Visitor) -> str:
    visitor.open("intake/")
    return visitor.page.locator("fieldset", has=visitor.page.locator("[name=affiliation]")).first.text_content() or ""


def refused(visitor: Visitor, site: Stack, **answers: str) -> bool:
    """Whether the form's own check, as the page asks it, says that a criterion is not met."""
    said = {"affiliation": "veteran", "adult": "yes", "experienced": "yes", "device": "yes", "meeting": "yes"} | answers
    visitor.open("intake/")
    token = visitor.page.locator("main input[name=csrfmiddlewaretoken]").first.input_value()
    answer = visitor.page.request.post(
        f"{site.url}/en/intake/check/", form=said | {"csrfmiddlewaretoken": token},
        headers={"Referer": f"{site.url}/", "Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert answer.status in (200, 204), answer.status
    return answer.status == 200


def test_criteria_change_in_the_administration_and_back(visitor, site):
    office, stranger = visitor("en"), visitor("en", phone=True)
    assert LABEL not in affiliations(stranger)
    assert refused(stranger, site, affiliation="family_member")
    assert refused(stranger, site, meeting="no")
    sign_in_team(office, "admin", front="admin/")

    pages = drafted(office, site)
    office.page.locator("[name=is_family_member]").check()
    office.page.locator("[name=label_family_member_en]").fill(LABEL)
    office.page.locator("[name=meeting_services][value=activity]").uncheck()
    press(office, "name=preview")
    assert office.page.url == f"{pages}preview/"
    office.check(own_language=False)
    assert LABEL in (office.page.locator("section[lang=en]").text_content() or "")
    office.page.goto(f"{pages}effect/")
    assert office.page.locator("tbody tr").count() == 5
    published(office, pages)

    assert LABEL in affiliations(stranger)
    assert not refused(stranger, site, affiliation="family_member")
    assert not refused(stranger, site, meeting="no")

    pages = drafted(office, site)
    office.page.locator("[name=is_family_member]").uncheck()
    office.page.locator("[name=meeting_services][value=activity]").check()
    office.page.locator("[name=label_family_member_en]").fill("I am a family member of one of these people")
    press(office, "class=default")
    published(office, pages)
    assert refused(stranger, site, affiliation="family_member")
    assert refused(stranger, site, meeting="no")
    assert office.faults + office.strangers + stranger.faults + stranger.strangers == []
