"""Applying on a small phone, with a keyboard alone, and without JavaScript; in both languages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.e2e import people
from tests.e2e.conftest import SIGHT_MS, Visitor

MakeVisitor = Callable[..., Visitor]
STEPS = 13
REVIEW = {"en": "Monday, Evening 6 to 9", "fr": "Lundi, Soir 18 à 21 h"}
WORDS = {"name": "Camille", "typed_name": "Camille T."}


def step(page: Page) -> Any:
    return page.locator("[data-step]:visible")


def go_on(page: Page, number: int) -> None:
    page.locator("[data-step-continue]").click()
    expect(page.locator("[data-step-number]")).to_have_text(str(number))


def walk_to(visitor: Visitor, field: str, *, province: str = "QC") -> int:
    """Answer every step up to the one that asks `field`; the number of that step."""
    visitor.open("intake/")
    for number in range(1, STEPS + 1):
        if step(visitor.page).locator(f"[name={field}]").count():
            return number
        people.fill_step(visitor, name="Camille", email="walk@example.org", province=province, answers=people.ANSWERS)
        go_on(visitor.page, number + 1)
    raise AssertionError(f"no step asks {field}")


def box(page: Page, code: str) -> Any:
    return page.locator(f".week-box:has([value='{code}'])")


CHOSEN = "() => [...document.querySelectorAll('[name=availability]:checked')].map(one => one.value).join(' ')"


def expect_chosen(page: Page, *codes: str) -> None:
    """These boxes and no others are ticked, or are shortly: the click of a tap comes after the finger has gone."""
    wanted = " ".join(codes)
    with suppress(PlaywrightTimeout):
        page.wait_for_function(f"wanted => ({CHOSEN})() === wanted", arg=wanted, timeout=SIGHT_MS)
    assert page.evaluate(CHOSEN) == wanted


@pytest.mark.parametrize("language", ["en", "fr"])
def test_applying_on_a_phone(visitor: MakeVisitor, language: str) -> None:
    """Every step is looked at by axe and fits 360 px (`people.apply`)."""
    someone = visitor(language, phone=True)
    steps = people.apply(someone, name="Camille", email=f"phone.{language}@example.org", province="BC")
    assert steps == STEPS
    assert not someone.strangers


@pytest.mark.parametrize("language", ["en", "fr"])
def test_review_reads_the_week_in_words_and_going_back_loses_nothing(visitor: MakeVisitor, language: str) -> None:
    someone = visitor(language, phone=True)
    page, number = someone.page, walk_to(someone, "availability")
    box(page, "0-evening").tap()
    expect_chosen(page, "0-evening")
    box(page, "6-morning").tap()
    expect_chosen(page, "0-evening", "6-morning")
    for earlier in (number - 1, number - 2):
        page.locator("[data-step-back]").click()
        expect(page.locator("[data-step-number]")).to_have_text(str(earlier))
    go_on(page, number - 1)
    go_on(page, number)
    expect_chosen(page, "0-evening", "6-morning")
    for at in range(number + 1, STEPS + 2):
        go_on(page, at)
        if at <= STEPS:
            people.fill_step(someone, name="Camille", email="walk@example.org", province="QC", answers=people.ANSWERS)
    expect(page.locator("[data-review-lists]")).to_contain_text(REVIEW[language], use_inner_text=True)
    # One criterion can be changed from the review, and the way leads back there.
    page.locator("[data-review-lists] .summary-change button").nth(2).click()
    expect(step(page).locator("[name=experienced]").first).to_be_visible()
    go_on(page, STEPS + 1)


def test_grid_takes_a_finger_drawn_across_and_scrolls_when_drawn_down(visitor: MakeVisitor) -> None:
    someone = visitor("en", phone=True)
    page = someone.page
    walk_to(someone, "availability")
    box(page, "2-morning").scroll_into_view_if_needed()
    draw(page, "2-morning", "2-evening")
    expect_chosen(page, "2-morning", "2-midday", "2-afternoon", "2-evening")
    box(page, "2-midday").tap()
    expect_chosen(page, "2-morning", "2-afternoon", "2-evening")
    draw(page, "2-evening", "2-afternoon")
    expect_chosen(page, "2-morning")
    before = page.evaluate("scrollY")
    draw(page, "3-morning", "0-morning")
    page.wait_for_function("before => scrollY !== before", arg=before)
    expect_chosen(page, "2-morning")


def draw(page: Page, start: str, end: str) -> None:
    """A finger goes down on one box, over to another, and up: real touch events, not mouse events."""
    browser = page.context.new_cdp_session(page)
    (x, y), (to_x, to_y) = middle(page, start), middle(page, end)
    browser.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 13):
        at = {"x": x + (to_x - x) * part / 12, "y": y + (to_y - y) * part / 12}
        browser.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    page.wait_for_timeout(150)  # a finger that rests before it leaves is no flick, whose run would swallow a tap
    browser.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(700)


def middle(page: Page, code: str) -> tuple[float, float]:
    found = box(page, code).bounding_box()
    assert found
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def test_quick_choices_and_arrows_choose_boxes(visitor: MakeVisitor) -> None:
    someone = visitor("en")
    page = someone.page
    walk_to(someone, "availability")
    page.get_by_role("button", name="Weekday evenings").click()
    expect_chosen(page, *(f"{day}-evening" for day in range(5)))
    expect(page.locator("[data-week-status]")).to_have_text("Boxes chosen: 5")
    page.get_by_role("button", name="Clear all").click()
    expect_chosen(page)
    page.keyboard.press("Tab")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Space", "End", "Space", "ArrowUp", "Space"):
        page.keyboard.press(key)
    expect_chosen(page, "1-evening", "2-midday", "2-evening")
    # The grid is one stop on the way: Tab leaves it.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") != "availability"


def test_time_zone_follows_the_place_and_is_named(visitor: MakeVisitor) -> None:
    someone = visitor("en", phone=True)
    page = someone.page
    walk_to(someone, "availability", province="BC")
    expect(page.locator("[data-week-zone]")).to_have_text("Pacific time")
    page.locator("[name=time_zone]").select_option(label="Mountain time")
    expect(page.locator("[data-week-zone]")).to_have_text("Mountain time")
    other = visitor("en", phone=True)
    walk_to(other, "availability", province="MB")
    expect(other.page.locator("[data-week-zone]")).to_have_text("Central time")
    expect(other.page.locator("[name=time_zone]")).to_be_hidden()


def test_criterion_that_is_not_met_is_said_at_once(visitor: MakeVisitor) -> None:
    """Nobody answers the next question before they hear it; and they may go on all the same."""
    someone = visitor("en", phone=True)
    page, number = someone.page, walk_to(someone, "adult")
    page.locator("[name=adult][value=no]").check()
    page.locator("[data-step-continue]").click()
    expect(page.locator("[data-check-result]:visible")).to_contain_text("18 or older")
    someone.check()
    page.locator("[data-continue-anyway]").click()
    expect(page.locator("[data-step-number]")).to_have_text(str(number + 1))


# --- a keyboard alone ---

FOCUSED = """() => {
  const one = document.activeElement;
  const here = one.closest("[data-step], [data-review], [data-steps-end]");
  return {name: one.name ?? "", type: one.type ?? "", value: one.value ?? "", checked: !!one.checked,
          inStep: !!here, goesOn: one.matches("[data-step-continue]"),
          sends: one.matches("[data-steps-end] [type=submit]")};
}"""
CHOICES = people.ANSWERS | {"language": "en"}


def answer_with_keys(page: Page, at: dict[str, Any]) -> None:
    """What somebody does on the field that has the focus."""
    keys = page.keyboard
    if at["type"] == "radio":
        for _try in range(10):
            if at["value"] == CHOICES[at["name"]]:
                break
            keys.press("ArrowDown")
            at = page.evaluate(FOCUSED)
        keys.press("Space")
    elif at["type"] == "checkbox":
        skipped = at["name"] in people.LEFT_OPEN - {"availability"} or at["value"] in people.LEFT_OPEN
        if not at["checked"] and not skipped:
            keys.press("Space")
    elif at["type"] == "select-one" and at["name"] == "region":
        keys.press("q")  # one letter: a list that is typed into slowly begins anew with each
    elif at["name"] in (words := WORDS | {"email": "keys@example.org"}) and not at["value"]:
        keys.type(words[at["name"]])


def test_whole_application_with_a_keyboard_alone(visitor: MakeVisitor) -> None:
    someone = visitor("en")
    page = someone.page
    someone.open("intake/")
    for number in range(1, STEPS + 1):
        for _stop in range(60):
            page.keyboard.press("Tab")
            at = page.evaluate(FOCUSED)
            if at["goesOn"]:
                break
            if at["inStep"]:
                answer_with_keys(page, at)
        assert at["goesOn"], f"step {number}: Continue is out of reach"
        page.keyboard.press("Enter")
        expect(page.locator("[data-step-number]")).to_have_text(str(number + 1))
    for _stop in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED)["sends"]:
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/intake/sent/")


# --- without JavaScript ---


@pytest.mark.parametrize("language", ["en", "fr"])
def test_whole_application_without_javascript(visitor: MakeVisitor, language: str) -> None:
    someone = visitor(language, phone=True, java_script_enabled=False)
    page = someone.page
    page.goto(f"{someone.site.url}/{language}/intake/")
    expect(page.locator("[data-week-quick]")).to_be_hidden()
    # Something is missing: the page comes back with everything that was typed.
    fill_page(page, language)
    page.locator("[name=name]").fill("")
    people.follow(page.locator("[data-steps-end] button[type=submit]"))
    expect(page.locator("[data-error-summary]")).to_be_visible()
    assert page.locator("[name=availability][value='3-midday']").is_checked()
    expect(page.locator("[name=accessibility]")).to_have_value("Captions")
    page.locator("[name=name]").fill("Camille")
    people.follow(page.locator("[data-steps-end] button[type=submit]"))
    page.wait_for_url("**/intake/sent/")


def fill_page(page: Page, language: str) -> None:
    for one in page.locator("main input[type=checkbox]").all():
        if not (one.get_attribute("name") in people.LEFT_OPEN or one.get_attribute("value") in people.LEFT_OPEN):
            one.check()
    page.locator("[name=availability][value='3-midday']").check()
    for name, value in (people.ANSWERS | {"language": language}).items():
        page.locator(f"main input[name={name}][value='{value}']").check()
    page.locator("[name=region]").select_option("ON")
    people.fill(page, **WORDS, accessibility="Captions", email=f"plain.{language}@example.org")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_whoever_does_not_fit_reads_which_criterion_and_who_else_can_help(visitor: MakeVisitor, language: str) -> None:
    """The form says so before anything about the person is asked, and nothing was kept."""
    someone = visitor(language, phone=True)
    page = someone.page
    someone.open("intake/")
    number = 1
    while not step(page).locator("[name=adult]").count():
        people.fill_step(someone, name="", email="", province="QC", answers=people.ANSWERS)
        number += 1
        go_on(page, number)
    step(page).locator("[name=adult][value=no]").check()
    someone.check()
    page.locator("[data-step-continue]").click()
    expect(page.locator("main a[href^='tel:']").first).to_be_visible()
    someone.check()
    assert not someone.strangers
