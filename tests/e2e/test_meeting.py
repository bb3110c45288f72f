"""A coordinator holds an intake meeting on its page, in both languages, and the person reads what was decided."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.people import ZONE, apply, fill, follow, sign_in_participant, sign_in_team, submit

CASES = [
    pytest.param("fr", "QC", "coordinator.qc", "refer", id="fr-refer"),
    pytest.param("en", "ON", "coordinator.on", "defer", id="en-defer"),
]
NAMED = "Ferdinand Canari-Nommé"


@pytest.mark.parametrize(("language", "province", "username", "outcome"), CASES)
def test_meeting_is_held_on_one_page_and_the_decision_is_read(visitor, site, language, province, username, outcome):
    person = visitor(language, phone=True)
    email = f"meeting.{language}@example.org"
    apply(person, name="Odile", email=email, province=province)

    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    open_meeting(coordinator, email)
    hold(coordinator)
    decide(coordinator, outcome)
    for path in ("desk/", "desk/waiting/", "desk/matches/"):
        coordinator.open(path)
    assert NAMED not in coordinator.page.content(), "a name alone matches nobody"

    sign_in_participant(person, email)
    expected = "tel:18002687708" if outcome == "refer" else str(later().year)
    assert expected in person.page.content()
    assert NAMED not in person.page.content()
    follow(person.page.locator("a[href$='/look-again/']"))
    person.check()
    submit(person.page)
    person.page.wait_for_url("**/my/")
    person.check()
    assert [fault for who in (person, coordinator) for fault in who.faults + who.strangers] == []


def later() -> datetime:
    return datetime.now(ZONE) + timedelta(days=40)


def open_meeting(coordinator, email: str) -> None:
    page = coordinator.page
    coordinator.open("desk/")
    page.locator("form[role=search] input[name=text]").fill(email)
    follow(page.locator("form[role=search] button[type=submit]"))
    page.wait_for_url("**/desk/people/*/")
    follow(page.locator("a[href$='/meeting/']"))
    day = datetime.now(ZONE) + timedelta(days=2)
    fill(page, day=day.date().isoformat(), at="07:10")
    submit(page)
    page.wait_for_url("**/desk/people/*/")
    follow(page.locator("main a[href*='/desk/meetings/']").first)
    page.wait_for_url(re.compile(r"/desk/meetings/[0-9a-f-]{36}/$"))
    coordinator.check()


def hold(coordinator) -> None:
    """Tick two steps, one need, note a name, put one's own name beside the first consent."""
    page = coordinator.page
    for value in ("no_story", "apart", "breaks"):
        with page.expect_response(lambda answer: answer.request.method == "POST") as kept:
            page.locator(f"input[type=checkbox][value={value}]").check()
        assert kept.value.status == 204
    page.reload()
    assert page.locator("form[data-quietly] input[type=checkbox]:checked").count() == 3, "kept as they were made"
    page.locator("input[name=text]").last.fill(NAMED)
    follow(page.locator("form[action$='/apart/'] button[type=submit]"))
    page.wait_for_url("**/desk/meetings/*/")
    expect(page.get_by_text(NAMED, exact=True)).to_be_visible()
    follow(page.locator("form[action$='/countersign/'] button").first)
    page.wait_for_url("**/desk/meetings/*/")
    coordinator.check()


def decide(coordinator, outcome: str) -> None:
    page = coordinator.page
    follow(page.locator(f"a[href$='/{'refer' if outcome == 'refer' else 'not-now'}/']"))
    coordinator.check()
    if outcome == "refer":
        page.locator("input[name=to][value=vac]").check()
        page.locator("input[name=reasons][value=others_fit]").check()
    else:
        fill(page, until=later().date().isoformat())
        page.locator("input[name=reasons][value=own_wish]").check()
    submit(page)
    page.wait_for_url("**/desk/people/*/")
    coordinator.check()
