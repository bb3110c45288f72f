"""The desk with htmx in a real browser under the strict policy: filters keep the address, the focus is not lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.people import follow, sign_in_team

CASES = [pytest.param("fr", "QC", "coordinator.qc", id="fr"), pytest.param("en", "ON", "coordinator.on", id="en")]
A_CALL = """
from django.db import transaction
from tests import factories as make
with transaction.atomic():
    make.a_call(make.a_participant({province!r}, name="Appel {language}", consents=("taking_part",)).user)
print("made")
"""


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_list_is_narrowed_in_place_and_back_finds_it_again(visitor, language, province, username):
    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    page = coordinator.page
    coordinator.open("desk/applications/")
    page.evaluate("window.same = true")
    before = page.locator("#list caption").inner_text()
    page.locator("details:has(form[data-hx-get])").evaluate("one => { one.open = true; }")
    select = page.locator("form[data-hx-get] select[name=state]")
    select.focus()
    select.select_option("all")
    page.wait_for_url(re.compile(r"\?.*state=all"))
    expect(page.locator("#list caption")).not_to_have_text(before)
    said = page.locator("#list [data-news]").get_attribute("data-news")
    expect(page.locator("#in-place-news")).to_have_text(str(said))
    assert page.evaluate("window.same"), "the page was not loaded anew"
    assert page.evaluate("document.activeElement.name") == "state"
    coordinator.check()
    assert page.evaluate("Object.values({...localStorage, ...sessionStorage}).join('').includes('<')") is False
    page.go_back()
    expect(page.locator("#list caption")).to_have_text(before)
    assert "state=all" not in page.url
    coordinator.check()


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_call_is_noted_in_place_and_the_focus_goes_to_what_was_noted(visitor, site, language, province, username):
    site.run(A_CALL.format(language=language, province=province))
    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    page = coordinator.page
    coordinator.open("desk/calls/")
    follow(page.locator("tbody a", has_text=f"Appel {language}"))
    page.evaluate("window.same = true")
    page.locator("#call-outcome input[value=closed]").check()
    page.locator("#call-outcome button[type=submit]").click()
    expect(page.locator("#call-outcome[data-news]")).to_be_visible()
    expect(page.locator("#in-place-news")).not_to_be_empty()
    assert page.evaluate("window.same")
    assert page.evaluate("document.activeElement.closest('#call-outcome') !== null")
    coordinator.check()
