"""Several applications at once, in a browser: ticked, told what will happen, done, taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.people import follow, sign_in_team

CASES = [pytest.param("fr", "QC", "coordinator.qc", id="fr"), pytest.param("en", "ON", "coordinator.on", id="en")]
THREE = """
from contact.services import set_safe_contact
from tests import factories as make
keys = []
for number in range(3):
    email = f"{name}{{number}}.{language}@example.org".lower()
    fields = {{"name": f"{name} {{number}} {language}", "email": email, "language": {language!r}}}
    who = make.a_participant({province!r}, consents=("taking_part", "contact_email"), **fields)
    set_safe_contact(person=who.user, by=who.user, email_safe=number < 2, language={language!r})
    keys.append(str(make.an_application(who).pk))
print(*keys)
"""
FACTS = """
from contact.models import OutboxMessage
from intake.models import Application
found = []
for key in {keys!r}:
    row = Application.objects.get(pk=key)
    count = OutboxMessage.objects.filter(person=row.participant.user).exclude(state="cancelled").count()
    found.append(f"{{row.assigned_to.username if row.assigned_to else 'nobody'}}={{count}}")
print(*found)
"""


def three(site, name: str, language: str, province: str) -> list[str]:
    """Applications of three people, two of whom may be written to."""
    keys: list[str] = site.run(THREE.format(name=name, language=language, province=province)).split()
    return keys


def facts(site, keys: list[str]) -> list[tuple[str, int]]:
    """Who looks after each, and how many messages wait for each."""
    found = (fact.partition("=") for fact in site.run(FACTS.format(keys=keys)).split())
    return [(who, int(count)) for who, _, count in found]


def tick(coordinator, keys: list[str], what: str) -> None:
    """Tick these in the list and choose what to do; ends on what will happen."""
    coordinator.open("desk/applications/")
    page = coordinator.page
    while page.locator(f"input[name=pick][value='{keys[0]}']").count() == 0:
        follow(page.locator("a[rel=next]"))
    for key in keys:
        page.locator(f"input[name=pick][value='{key}']").check()
    page.locator("select[name=what]").select_option(what)
    follow(page.locator("[data-pick-form] button[type=submit]"))
    page.wait_for_url("**/desk/bulk/**")
    coordinator.check()


def go_on(coordinator) -> None:
    follow(coordinator.page.locator("main form button.btn-primary"))
    coordinator.check()


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_several_applications_are_taken_over_and_given_back(visitor, site, language, province, username):
    keys = three(site, "Ensemble", language, province)
    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    page = coordinator.page
    tick(coordinator, keys[:2], "mine")
    expect(page.locator("main")).to_contain_text(f"Ensemble 0 {language}")
    expect(page.locator("main")).not_to_contain_text(f"Ensemble 2 {language}")
    assert facts(site, keys) == [("nobody", 0)] * 3, "nothing happens before the button"
    go_on(coordinator)
    expect(page.locator(".undo-bar")).to_contain_text("2")
    assert facts(site, keys) == [(username, 0)] * 2 + [("nobody", 0)]
    follow(page.locator(".undo-bar button"))
    page.wait_for_url("**/desk/applications/*")
    coordinator.check()
    assert facts(site, keys) == [("nobody", 0)] * 3
    assert coordinator.faults + coordinator.strangers == []


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_message_to_several_says_who_gets_none_and_is_taken_back(visitor, site, language, province, username):
    keys = three(site, "Ecrire", language, province)
    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    page = coordinator.page
    tick(coordinator, keys, "write")
    page.locator("input[name=template]").first.check()
    go_on(coordinator)
    assert [count for _who, count in facts(site, keys)] == [0, 0, 0]
    go_on(coordinator)
    assert [count for _who, count in facts(site, keys)] == [1, 1, 0], "nobody is written to where it is not safe"
    follow(page.locator(".undo-bar button"))
    coordinator.check()
    assert [count for _who, count in facts(site, keys)] == [0, 0, 0]


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_nothing_ticked_is_said_and_changes_nothing(visitor, language, province, username):
    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    coordinator.open("desk/applications/")
    follow(coordinator.page.locator("[data-pick-form] button[type=submit]"))
    expect(coordinator.page.locator(".message, [role=status], [role=alert]").first).to_be_visible()
    coordinator.check()
