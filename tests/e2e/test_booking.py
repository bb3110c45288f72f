"""An intake meeting between Vancouver and St. John’s: published, booked, moved and read, each on their own clock."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from psp.calendar_text import long_datetime
from tests.e2e.people import follow, sign_in_participant, sign_in_team, submit

HERE, THERE = "America/Vancouver", "America/St_Johns"
LINK = "https://meet.example.org/room"
TEAM = """
from psp.accounts.services import enrol_totp
from psp.demo.accounts import PASSWORD, TOTP_SECRET
from tests import factories as make
here = {{"username": "coordinator.pac.{language}", "language": "{language}", "time_zone": "{zone}"}}
who = make.a_coordinator("PAC", password=PASSWORD, email="pac.{language}@example.org", made_by_demo=True, **here)
enrol_totp(who, TOTP_SECRET)
print("made")
"""
PERSON = """
from contact.services import set_safe_contact
from tests import factories as make
consents = ("taking_part", "contact_email")
who = make.a_participant("BC", email={email!r}, language={language!r}, time_zone={zone!r}, consents=consents)
make.an_application(who)
set_safe_contact(person=who.user, by=who.user, email_safe=True, language={language!r})
print("made")
"""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_meeting_is_booked_and_moved_on_two_clocks(visitor, site, language):
    email = f"vancouver.{language}@example.org"
    site.run(TEAM.format(language=language, zone=THERE))
    site.run(PERSON.format(language=language, zone=HERE, email=email))
    coordinator = visitor(language)
    sign_in_team(coordinator, f"coordinator.pac.{language}")
    publish(coordinator)

    person = visitor(language, phone=True)
    sign_in_participant(person, email)
    follow(person.page.locator("main a[href$='/my/meeting/times/']").first)
    person.check()
    booked = choose(person, 0)
    person.page.wait_for_url("**/my/meeting/")
    expect(person.page.locator("main")).to_contain_text(long_datetime(booked, HERE, language))
    # The link is there only from shortly before the meeting.
    assert LINK not in person.page.content()
    calendar = calendar_of(person)
    assert booked.strftime("DTSTART:%Y%m%dT%H%M%SZ") in calendar
    both_clocks(coordinator, booked)

    person.open("my/meeting/times/")
    moved = choose(person, 1)
    person.page.wait_for_url("**/my/meeting/")
    assert moved != booked
    assert moved.strftime("DTSTART:%Y%m%dT%H%M%SZ") in calendar_of(person)
    both_clocks(coordinator, moved)
    assert long_datetime(booked, THERE, language) not in coordinator.page.content()
    assert [fault for who in (person, coordinator) for fault in who.faults + who.strangers] == []


def publish(coordinator) -> None:
    """One to four in the afternoon in St. John’s, each day of the week that follows tomorrow."""
    coordinator.open("desk/availability/")
    page = coordinator.page
    terms = page.locator("form[action$='/desk/availability/']")
    terms.locator("input[name=video_link]").fill(LINK)
    terms.locator("select[name=time_zone]").select_option(THERE)
    follow(terms.locator("button[type=submit]"))
    for weekday in ("1", "3"):
        page.locator("details:has(form[action$='/hours/'])").evaluate("one => { one.open = true; }")
        hours = page.locator("form[action$='/desk/availability/hours/']")
        hours.locator("select[name=hours-hours_for]").select_option("meeting")
        hours.locator("select[name=hours-weekday]").select_option(weekday)
        for name, value in {"start": "13:00", "end": "16:00"}.items():
            hours.locator(f"input[name=hours-{name}]").fill(value)
        follow(hours.locator("button[type=submit]"))
    coordinator.check()


def choose(person, number: int) -> datetime:
    """Take the free time with this number, after looking at how it is written; the moment itself."""
    link: Locator = person.page.locator("main a[data-at]").nth(number)
    at = datetime.fromisoformat(str(link.get_attribute("data-at")))
    local = at.astimezone(ZoneInfo(HERE))
    written = f"{local.hour % 12 or 12}:{local.minute:02}" if person.language == "en" else f"{local.hour}\u00a0h"
    expect(link).to_contain_text(written)
    assert 13 <= at.astimezone(ZoneInfo(THERE)).hour < 16
    assert local.utcoffset() != at.astimezone(ZoneInfo(THERE)).utcoffset()
    follow(link)
    expect(person.page.locator("main")).to_contain_text(long_datetime(at, HERE, person.language))
    person.check()
    submit(person.page)
    return at


def calendar_of(person) -> str:
    with person.page.expect_download() as download:
        person.page.locator("main a[href$='/calendar/']").click()
    return download.value.path().read_text()


def both_clocks(coordinator, at: datetime) -> None:
    """The list of meetings says it on the coordinator’s clock first, then on the person’s."""
    coordinator.open("desk/meetings/")
    rows = coordinator.page.locator("main tbody")
    for zone in (THERE, HERE):
        expect(rows).to_contain_text(long_datetime(at, zone, coordinator.language))
