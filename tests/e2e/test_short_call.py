"""A short call first, as a visitor books it: no name, a code shown once, and nothing left once it is cancelled."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.people import fill, follow, submit

NUMBER = "613 555 0142"
COUNT = """
from intake.models import ShortCall
from psp.models import User
print(ShortCall.objects.count(), User.objects.count())
"""
CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}")


def counted(site) -> list[int]:
    """Calls and accounts in the database."""
    return [int(number) for number in site.run(COUNT).split()[-2:]]


def look_for_times(person, place: str) -> Locator:
    """The free times for a place, as links."""
    person.open("intake/call/")
    person.page.locator("select[name=region]").select_option(place)
    follow(person.page.locator("main form[method=get] button"))
    person.page.wait_for_url("**/intake/call/?region=*")
    person.check()
    return person.page.locator("main a[data-at]")


def latest(times: Locator) -> Locator:
    """Of those in sight the one that is farthest away: the first one may go by while the story is told."""
    return times.filter(visible=True).last


def book(person, place: str, way: str, *, at: str = "") -> tuple[str, str, str]:
    """The moment, the code and the word of the booked call, at this moment if one is given."""
    times = look_for_times(person, place)
    at = at or str(latest(times).get_attribute("data-at"))
    follow(person.page.locator(f"main a[data-at='{at}']"))
    person.check()
    page = person.page
    # What is left out is said above its field, and the browser itself keeps the page.
    page.locator("main form button[type=submit].btn-primary").click()
    assert page.evaluate("document.activeElement.name") == "way"
    assert "/intake/call/" in page.url
    page.locator(f"input[name=way][value={way}]").check()
    if way == "call_back":
        fill(page, number=NUMBER)
    assert page.locator(f"input[name=language][value={person.language}]").is_checked()
    submit(page)
    expect(page.locator("[data-code]")).to_have_text(CODE)
    person.check()
    shown = page.locator(".code-shown")
    return at, page.locator("[data-code]").inner_text().strip(), shown.first.inner_text().strip()


def ask_with(person, code: str) -> None:
    person.open("intake/call/code/")
    fill(person.page, code=code)
    submit(person.page)
    person.check()


@pytest.mark.parametrize(("language", "place", "way"), [("en", "ON", "phone"), ("fr", "QC", "call_back")])
def test_short_call_is_booked_found_again_and_cancelled(visitor, site, language, place, way):
    before = counted(site)
    person = visitor(language, phone=True)
    at, code, word = book(person, place, way)
    assert counted(site) == [before[0] + 1, before[1]], "a call, and nobody's account"
    assert code not in person.page.url

    other = visitor(language)
    times = look_for_times(other, place)
    assert at not in [link.get_attribute("data-at") for link in times.all()], "the time is taken"

    later = visitor(language)
    ask_with(later, code.lower().replace("-", " "))
    expect(later.page.locator(".code-shown").first).to_have_text(word)
    assert later.page.locator("[data-code]").count() == 0, "the code is shown once"
    if way == "call_back":
        assert NUMBER not in later.page.content()
    follow(later.page.locator("form[action$='/call/cancel/'] button"))
    later.page.wait_for_url("**/intake/call/")
    later.check()
    assert counted(site) == before
    times = look_for_times(later, place)
    assert at in [link.get_attribute("data-at") for link in times.all()], "somebody else can have it"

    ask_with(person, code)
    assert person.page.locator(".code-shown").count() == 0
    expect(person.page.locator("main [role=alert], main .error-summary").first).to_be_visible()
    assert [fault for who in (person, other, later) for fault in who.faults + who.strangers] == []


@pytest.mark.parametrize(("language", "place"), [("en", "ON"), ("fr", "ON")])
def test_time_that_went_meanwhile_offers_the_next_ones(visitor, language, place):
    slow, quick = visitor(language, phone=True), visitor(language)
    link = latest(look_for_times(slow, place))
    at = str(link.get_attribute("data-at"))
    follow(link)
    book(quick, place, "video", at=at)
    slow.page.locator("input[name=way][value=video]").check()
    submit(slow.page)
    expect(slow.page.locator("main [role=alert]")).to_be_visible()
    slow.check()
    offered = [one.get_attribute("data-at") for one in slow.page.locator("main a[data-at]").all()]
    assert offered
    assert at not in offered
