"""Quick exit in a browser with the back/forward cache on ([security] 17 to 20), and forms that are finished later."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests.e2e.people import ANSWERS, fill_step, follow, sign_in_participant

CANARY = "Canary-Wren"
LANGUAGES = ["en", "fr"]
MOST_STEPS_BACK = 12
SOMEBODY = """
from contact.models import SafeContact
from psp.models import User
from tests.factories import an_accepted_participant
made = an_accepted_participant(
    email="leaving@example.org", language="en", consents=("taking_part", "contact_email"),
    by=User.objects.get(username="coordinator.qc"),
)
SafeContact.objects.create(person=made.user, email_safe=True)
"""
TYPED = "[...document.querySelectorAll('input, textarea')].map(one => one.value).join(' ')"
STORED = "localStorage.length + sessionStorage.length"


def write_as_far_as_the_name(person) -> int:
    """Go through the form until it asks for a name; how many steps that took."""
    person.open("intake/")
    steps, name = 0, person.page.locator("input[name=name]")
    while not name.is_visible():
        fill_step(person, name=CANARY, email="canary@example.org", province="QC", answers=ANSWERS)
        person.page.locator("[data-step-continue]").click()
        steps += 1
        expect(person.page.locator("[data-step-number]")).to_have_text(str(steps + 1))
    name.fill(CANARY)
    return steps


def press_shift(page) -> None:
    for _press in range(3):
        page.keyboard.press("Shift")


def away(person) -> None:
    """The browser shows something else than the site."""
    deadline = time.monotonic() + 60
    while person.page.url.startswith(person.site.url):
        assert time.monotonic() < deadline, person.page.url
        person.page.wait_for_timeout(50)


def seen_on(page) -> str:
    """All that is there and in the fields, also while a page takes the place of another."""
    for _try in range(20):
        try:
            return str(page.content() + page.evaluate(TYPED))
        except PlaywrightError:
            page.wait_for_timeout(100)
    return str(page.content() + page.evaluate(TYPED))


def gone(person) -> None:
    """The site is left: whatever the Back button asks for, nothing that was typed or shown comes back."""
    away(person)
    for _step in range(MOST_STEPS_BACK):
        person.page.go_back(wait_until="domcontentloaded")
        person.page.wait_for_timeout(150)
        if person.page.url == "about:blank":
            break
        seen = seen_on(person.page)
        assert CANARY not in seen, person.page.url
        assert "canary@example.org" not in seen, person.page.url
        assert not person.page.locator("form[data-steps]").is_visible()


def test_property_17_button_leaves_the_form_and_back_shows_nothing(visitor):
    person = visitor("en", phone=True)
    write_as_far_as_the_name(person)
    assert person.page.evaluate(STORED) == 0
    person.page.locator("form[data-quick-exit] button").click()
    gone(person)


def test_property_17_three_shifts_leave_and_escape_does_not(visitor):
    person = visitor("fr")
    write_as_far_as_the_name(person)
    for _press in range(3):
        person.page.keyboard.press("Escape")
    person.page.keyboard.type("ABC")
    assert person.page.locator("input[name=name]").is_visible()
    person.page.locator("h1").first.click()
    press_shift(person.page)
    gone(person)


def test_property_18_keyboard_alone_leaves(visitor):
    person = visitor("en")
    write_as_far_as_the_name(person)
    person.page.locator("form[data-quick-exit] button").focus()
    person.page.keyboard.press("Enter")
    gone(person)


def test_property_18_screen_is_covered_at_once_on_a_slow_network(visitor):
    person = visitor("en")
    write_as_far_as_the_name(person)
    slow = {"offline": False, "latency": 20_000, "downloadThroughput": 100, "uploadThroughput": 100}
    person.context.new_cdp_session(person.page).send("Network.emulateNetworkConditions", slow)
    # Asked in the same breath as the click: before the browser could have got anywhere.
    click = "document.querySelector('form[data-quick-exit] button').click()"
    covered = "document.documentElement.classList.contains('leaving') && document.title === '…'"
    assert person.page.evaluate(f"() => {{ {click}; return {covered}; }}")


def test_property_18_leaves_without_a_script(visitor):
    person = visitor("en", java_script_enabled=False)
    person.page.goto(f"{person.site.url}/en/intake/")
    person.page.locator("input[name=name]").fill(CANARY)
    person.page.locator("form[data-quick-exit] button").click()
    gone(person)


def test_property_17_session_of_the_portal_is_dead_after_leaving_also_without_a_network(visitor, site):
    site.run(SOMEBODY)
    person = visitor("en")
    sign_in_participant(person, "leaving@example.org")
    kept = [cookie for cookie in person.context.cookies() if "session" in cookie["name"]]
    assert kept
    person.context.set_offline(True)
    press_shift(person.page)
    away(person)
    person.context.set_offline(False)
    # Whoever opens the site again on this device gets the neutral page; with its button the session ends for good.
    person.page.goto(f"{site.url}/en/my/")
    assert not person.page.locator("a[href*='/my/']").count()
    follow(person.page.locator("form button[type=submit]").first)
    person.context.clear_cookies()
    person.context.add_cookies(kept)
    person.page.goto(f"{site.url}/en/my/")
    assert "/accounts/" in person.page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_form_is_saved_and_finished_later(visitor, site, language):
    address = f"later.{language}@example.org"
    person = visitor(language, phone=True)
    steps = write_as_far_as_the_name(person)
    sent: list[str] = []
    person.page.on("request", lambda request: sent.append(request.post_data or ""))
    person.page.locator("button[name=later]").click()
    person.page.locator("[data-later-close]").click()
    expect(person.page.locator("input[name=name]")).to_be_visible()
    expect(person.page.locator("input[name=name]")).to_have_value(CANARY)
    person.page.locator("button[name=later]").click()
    confirm(person, site, address)
    person.page.wait_for_url("**/intake/kept/")
    with_answers = [body for body in sent if CANARY in body]
    assert len(with_answers) == 1, "the answers leave the page once, after the code"
    assert "draft_code" not in with_answers[0]
    assert [body for body in sent if address.replace("@", "%40") in body], "the others were seen too"
    person.check()

    back = visitor(language)
    back.open("intake/back/")
    confirm(back, site, address)
    expect(back.page.locator("[data-step-number]")).to_have_text(str(steps + 1))
    assert back.page.locator("input[name=name]").input_value() == CANARY
    assert not back.page.locator("[name=taking_part__agree]").is_checked()
    back.check()
    follow(back.page.locator("form[action$='/throw-away/'] button"))
    back.page.wait_for_url("**/intake/gone/")
    back.check()
    assert person.faults + back.faults + person.strangers + back.strangers == []


def test_property_17_leaving_while_a_form_is_saved_shows_nothing(visitor, site):
    person = visitor("en")
    write_as_far_as_the_name(person)
    person.page.locator("button[name=later]").click()
    person.page.locator("input[name=draft_email]").fill("canary@example.org")
    assert re.fullmatch(r"\S+ · \S.*", person.page.title())
    press_shift(person.page)
    gone(person)


def confirm(person, site, address: str) -> None:
    """Type the address, then the code that comes by mail; on pages of their own, or in the page of the form."""
    before = len(site.messages(address))
    person.page.locator("input[name=draft_email]").fill(address)
    person.check()
    go_on = person.page.locator("main form:has([name^=draft_]) button.btn-primary")
    go_on.click()
    message = site.wait_for_message(address, after=before)
    person.page.locator("input[name=draft_code]").fill(re.findall(r"\b[A-Z0-9]{6}\b", message.get_content())[0])
    person.check()
    go_on.click()
