"""An analyst reads figures: with the keyboard from value to value, on a phone, in the dark, on paper, beside others."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Visitor
from tests.e2e.figures import NEXT_QUARTER, QUARTER, a_year_of_figures, figures_come
from tests.e2e.people import follow, sign_in_team

PAPER = {"width": 700, "height": 900}
SMALLEST_LETTERS = 12
# Sizes of all letters of charts that are shown, and words that stand over each other.
LETTERS = """() => [...document.querySelectorAll('svg.chart text')].filter(one => one.getClientRects().length)
.map(one => {
    const svg = one.ownerSVGElement;
    return parseFloat(getComputedStyle(one).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
})"""
OVERLAPS = """() => [...document.querySelectorAll('svg.chart')].filter(one => one.getClientRects().length)
.flatMap(svg => {
    const boxes = [...svg.querySelectorAll('text')].map(one => [one.textContent, one.getBoundingClientRect()]);
    return boxes.flatMap(([text, a], at) => boxes.slice(at + 1)
        .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 5 && b.top < a.bottom - 5)
        .map(([other]) => `${text} / ${other}`));
})"""
RING = "() => getComputedStyle(document.activeElement.querySelector('.chart-ring')).stroke"
# What the keyboard meets in the chart of people: who is few is hidden, and so is one more region.
SAID = {
    "en": ["Prairies: 34\xa0people", "Pacific: 27\xa0people", "Quebec: 0", "Atlantic: hidden", "North: hidden"],
    "fr": ["Prairies\xa0: 34\xa0personnes", "Pacifique\xa0: 27\xa0personnes", "Québec\xa0: 0",
           "Atlantique\xa0: masqué", "Nord\xa0: masqué"],
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_figures_are_read_by_everybody(visitor, site, language):
    a_year_of_figures(site)
    analyst = visitor(language)
    page = analyst.page
    sign_in_team(analyst, "analyst")
    choose_the_quarter(analyst)
    choose_a_topic(analyst)
    found = labels_by_keyboard(page)
    assert set(SAID[language]) <= set(found), found
    check_letters(page)
    read_the_table(analyst)

    page.set_viewport_size(PHONE)
    analyst.check()
    check_letters(page)
    make_it_dark(analyst)
    print_it(page)
    compare(analyst)
    look_up_a_definition(analyst)
    ask_for_what_is_not_offered(analyst)
    assert analyst.faults + analyst.strangers == []


def choose_the_quarter(analyst: Visitor) -> None:
    """The overview opens with the newest; the links to topics then keep what was chosen."""
    page = analyst.page
    analyst.open("reports/")
    figures_come(page)
    analyst.check()
    page.locator("select[name=period]").select_option(QUARTER)
    follow(page.locator("main form button[type=submit]"))
    page.wait_for_url(f"**period={QUARTER}*")
    figures_come(page)
    analyst.check()
    check_letters(page)


def choose_a_topic(analyst: Visitor) -> None:
    """By the links and the form of the page, which says where one is."""
    page = analyst.page
    follow(page.locator(".topics-list a[href*='/topics/people/']"))
    page.wait_for_url(f"**/topics/people/?period={QUARTER}")
    figures_come(page)
    analyst.check()
    page.locator("select[name=by]").select_option("region")
    follow(page.locator("main form button[type=submit]"))
    page.wait_for_url("**by=region*")
    figures_come(page)
    analyst.check()
    expect(page.locator("main .figure-card").first).to_contain_text("85")
    expect(page.locator("a[aria-current=page][href$='/reports/']:visible")).to_have_count(1)


def labels_by_keyboard(page: Page) -> list[str]:
    """What each stop within the charts says, in order; the ring is seen at every one."""
    found: list[str] = []
    page.locator("main form button[type=submit]").focus()
    for _stop in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.chart-mark')"):
            found.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
            assert page.evaluate(RING) != "none"
    return found


def check_letters(page: Page) -> None:
    assert min(page.evaluate(LETTERS), default=SMALLEST_LETTERS) >= SMALLEST_LETTERS - 0.1
    assert page.evaluate(OVERLAPS) == []


def read_the_table(analyst: Visitor) -> None:
    """Folded under the chart, with the same figures; opened by the keyboard."""
    table = analyst.page.locator("main .figures-table").first
    expect(table.locator("table")).to_be_hidden()
    table.locator("summary").press("Enter")
    expect(table.locator("tbody td.num")).to_have_text([
        *({"en": ["hidden", "0", "0", "34", "27", "hidden", "0"], "fr": ["masqué", "0", "0", "34", "27", "masqué", "0"]}
          [analyst.language]),
    ])  # fmt: skip
    analyst.check()
    table.locator("summary").press("Enter")
    expect(table.locator("table")).to_be_hidden()


def make_it_dark(analyst: Visitor) -> None:
    """Looked at once the colours of buttons have faded over."""
    analyst.page.emulate_media(color_scheme="dark")
    analyst.page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    analyst.check()


def print_it(page: Page) -> None:
    """The wide charts, tables and definitions unfolded; nothing to press."""
    page.emulate_media(color_scheme="light", media="print")
    page.set_viewport_size(PAPER)
    expect(page.locator("svg.chart-wide").first).to_be_visible()
    check_letters(page)
    expect(page.locator("main .figures-table td.num").first).to_be_visible()
    for hidden in ("main form", "nav.topics", "main a[href*='table.csv']"):
        expect(page.locator(hidden).first).to_be_hidden()
    page.emulate_media(media="screen")


def compare(analyst: Visitor) -> None:
    """On the phone still: another quarter beside this one, by two things at once."""
    page = analyst.page
    page.set_viewport_size(PHONE)
    page.locator("select[name=by]").select_option("region.language")
    page.locator("select[name=compare]").select_option(NEXT_QUARTER)
    follow(page.locator("main form button[type=submit]"))
    page.wait_for_url(f"**compare={NEXT_QUARTER}*")
    figures_come(page)
    expect(page.locator("main .report-period .quiet")).to_have_text(
        {"en": "compared with July to September 2020", "fr": "par rapport à la période de juillet à septembre 2020"}
        [analyst.language]
    )  # fmt: skip
    analyst.check()
    check_letters(page)


def look_up_a_definition(analyst: Visitor) -> None:
    """By the link under the figures, then unfolded."""
    page = analyst.page
    follow(page.locator("main a[href*='/definitions/']").first)
    page.wait_for_url("**/reports/definitions/**")
    analyst.check()
    first = page.locator("main details.more").first
    first.locator("summary").press("Enter")
    expect(first.locator("dl, table").first).to_be_visible()
    analyst.check()


def ask_for_what_is_not_offered(analyst: Visitor) -> None:
    """Said at its field; the rest is kept."""
    page = analyst.page
    address = f"reports/topics/people/?period={QUARTER}&by=nothing"
    answer = page.goto(f"{analyst.site.url}/{analyst.language}/{address}")
    assert answer.status == 400
    expect(page.locator("select[name=by][aria-invalid=true]")).to_have_count(1)
    expect(page.locator("select[name=period]")).to_have_value(QUARTER)
    analyst.check()
