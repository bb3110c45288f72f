"""The workbench in a browser: from who is free to invitations, people moved by keyboard and by mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.people import follow, sign_in_team

CASES = [pytest.param("fr", "QC", "coordinator.qc", id="fr"), pytest.param("en", "ON", "coordinator.on", id="en")]
SATURDAY, SUNDAY = 5 * 1440 + 8 * 60, 6 * 1440 + 8 * 60
# Mornings at eight, when nobody of the demo comes: four on Saturday, four on Sunday, one on both days.
POOL = """
from tests import factories as make
saturday, sunday = (({saturday}, {saturday} + 120),), (({sunday}, {sunday} + 120),)
fields = {{"language": {language!r}, "wishes": {{"compositions": ["any"]}}}}
for number in range(4):
    make.a_waiting_person({province!r}, week=saturday, name=f"Samedi {{number}}", waited=300 + number, **fields)
    make.a_waiting_person({province!r}, week=sunday, name=f"Dimanche {{number}}", waited=300 + number, **fields)
make.a_waiting_person({province!r}, week=saturday + sunday, name="Camille Deux", waited=400, **fields)
for _number in range(2):
    make.a_leading_person(week=saturday + sunday)
print("made")
"""
INVITED = """
from groups.models import Invitation
asked = Invitation.objects.filter(participant__region={province!r}, state="open", kind="formal")
print(sum(one.participant.user.name.startswith(("Samedi ", "Dimanche ")) for one in asked))
"""


def a_pool(site, language: str, province: str) -> None:
    site.run(POOL.format(saturday=SATURDAY, sunday=SUNDAY, language=language, province=province))


def choose_times(page: Page) -> None:
    """The two mornings alone: one by mouse, one by keyboard."""
    page.evaluate("document.querySelectorAll('input[name=times]').forEach(box => (box.checked = false))")
    page.locator(f"input[name=times][value='{SATURDAY}']").click()
    sunday = page.locator(f"input[name=times][value='{SUNDAY}']")
    sunday.focus()
    page.keyboard.press("Space")
    expect(sunday).to_be_checked()


def card(page: Page, name: str) -> Locator:
    return page.locator(".bench-person", has=page.get_by_role("link", name=name, exact=True))


def group_with(page: Page, name: str) -> Locator:
    return page.locator(".bench-group", has=page.get_by_role("link", name=name, exact=True))


def drag(page: Page, person: Locator, to: Locator) -> None:
    """As a hand does it: the first movement takes hold, the second passes over the place."""
    person.scroll_into_view_if_needed()
    person.hover()
    page.mouse.down()
    box = person.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2 + 12, box["y"] + box["height"] / 2 + 12, steps=4)
    to.hover()
    to.hover()
    page.mouse.up()


def say(page: Page, text: str) -> None:
    """What was heard by whoever cannot see the board."""
    expect(page.locator("#in-place-news")).to_contain_text(text)


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_groups_are_formed_moved_by_keyboard_and_mouse_and_invited(visitor, site, language, province, username):
    a_pool(site, language, province)
    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    page = coordinator.page
    begin(coordinator)
    search(coordinator)
    move_by_keyboard(page)
    move_by_mouse(page)
    keep_and_leave_out(page)
    coordinator.check()
    try_another_rule(coordinator)
    on_a_phone(coordinator)
    assert site.run(INVITED.format(province=province)) == "0"
    invite(coordinator)
    assert site.run(INVITED.format(province=province)) == "8"
    assert coordinator.faults + coordinator.strangers == []


def begin(coordinator) -> None:
    coordinator.open("desk/groups/")
    page = coordinator.page
    follow(page.locator("main a[href$='/desk/groups/form/']"))
    coordinator.check()
    follow(page.locator("main form button[type=submit].btn-primary"))
    page.wait_for_url("**/pool/")
    expect(page.locator(f".heat-cell:has(input[value='{SATURDAY}'])")).to_have_text("5")
    coordinator.check()


def search(coordinator) -> None:
    page = coordinator.page
    choose_times(page)
    follow(page.locator("button[name=then][value=search]"))
    expect(page.locator(".bench-group")).to_have_count(2, timeout=120_000)
    expect(page.locator("#answer")).to_be_focused()
    expect(card(page, "Camille Deux")).to_have_count(1)
    coordinator.check()


def move_by_keyboard(page: Page) -> None:
    """To the other group and back; the focus goes with the person."""
    before, grip = (
        group_with(page, "Samedi 0").get_attribute("data-drop"),
        card(page, "Camille Deux").locator("[data-grip]"),
    )
    here = group_with(page, "Camille Deux").get_attribute("data-drop")
    grip.focus()
    page.keyboard.press("ArrowLeft" if here != before else "ArrowRight")
    say(page, "Camille Deux")
    expect(group_with(page, "Camille Deux")).not_to_have_attribute("data-drop", str(here))
    expect(card(page, "Camille Deux").locator("[data-grip]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(card(page, "Camille Deux").locator("[data-grip]")).not_to_be_focused()
    page.locator(".undo-bar button").click()
    expect(group_with(page, "Camille Deux")).to_have_attribute("data-drop", str(here))


def move_by_mouse(page: Page) -> None:
    here = str(group_with(page, "Camille Deux").get_attribute("data-drop"))
    there = page.locator(f".bench-group:not([data-drop='{here}'])")
    drag(page, card(page, "Camille Deux").locator(".bench-line"), there.locator(".bench-head"))
    expect(group_with(page, "Camille Deux")).not_to_have_attribute("data-drop", here)
    # Somebody who is not free then stays where they are, and the reason is said.
    sunday = str(group_with(page, "Dimanche 0").get_attribute("data-drop"))
    drag(page, card(page, "Samedi 0").locator(".bench-line"), page.locator(f"[data-drop='{sunday}'] .bench-head"))
    expect(page.locator(".callout-warning")).to_be_visible()
    expect(group_with(page, "Samedi 0")).not_to_have_attribute("data-drop", sunday)


def keep_and_leave_out(page: Page) -> None:
    card(page, "Samedi 0").locator("[data-grip]").focus()
    page.keyboard.press("p")
    expect(card(page, "Samedi 0").locator(".bench-who svg")).to_have_count(1)
    card(page, "Camille Deux").locator("[data-grip]").focus()
    page.keyboard.press("x")
    expect(page.locator("[data-drop=out]")).to_contain_text("Camille Deux")


def try_another_rule(coordinator) -> None:
    page = coordinator.page
    page.locator("#try-min_size").select_option("3")
    page.locator("form[action$='/try/'] button[type=submit]").click()
    expect(page.locator("section[aria-labelledby=what-if] tbody tr")).to_have_count(2, timeout=120_000)
    expect(page.locator(".bench-group")).to_have_count(2)


def on_a_phone(coordinator) -> None:
    """Groups lie one under the other, and a person moves by a list."""
    page = coordinator.page
    page.set_viewport_size(PHONE)
    first = card(page, "Samedi 1")
    first.locator("summary").click()
    coordinator.check()
    first.locator("select[name=to]").select_option("none")
    first.locator(".bench-move button").click()
    expect(page.locator("[data-drop=none]")).to_contain_text("Samedi 1")
    page.locator(".undo-bar button").click()
    expect(page.locator(".bench-group", has_text="Samedi 1")).to_have_count(1)
    page.set_viewport_size(DESKTOP)


def invite(coordinator) -> None:
    page = coordinator.page
    follow(page.locator("main a[href$='/send/']"))
    page.wait_for_url("**/send/")
    coordinator.check()
    follow(page.locator("main form button[type=submit].btn-primary"))
    expect(page.locator(".bench-group a[href*='/desk/groups/']:not([data-row-link])")).to_have_count(2)
    coordinator.check()
