"""Somebody subscribes to their sessions with a calendar that is not ours; one moves, one does not take place, the
address ends. Somebody who leads looks at weeks and months by keyboard. On phones, and with axe on every page."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

import vobject
from icalendar import Calendar
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import follow, sign_in_team
from tests.e2e.stack import Stack
from tests.rfc5545 import problems

# A group that meets at an hour at which nobody of the demo does; its first member reads French, its lead English.
READY = """
import json
from datetime import time, timedelta
from django.test import Client
from django.utils import timezone
from groups.choices import LeadRole
from groups.services import add_lead, establish
from psp.models import User
from sessions.services import schedule_series
from tests import factories as make
by, lead = (User.objects.get(username=name) for name in ("coordinator.qc", "supporter.qc"))
starts = timezone.localdate() + timedelta(days=8)
group = make.a_formal_group(by, members=4, leads=0, starts_on=starts, start_time=time(5, 30), name_en="Canary mornings")
make.room_to_lead(lead)
add_lead(group=group, user=lead, role=LeadRole.FACILITATOR, by=by)
establish(group=group, by=by)
sessions = schedule_series(group=group, by=by)
member = group.memberships.order_by("pk").first().participant.user
client = Client()
make.sign_in(client, member)
print(json.dumps([str(sessions[0].pk), str(sessions[1].pk), client.cookies["__Host-session"].value]))
"""
CHANGE = """
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo
from django.utils import timezone
from psp.models import User
from sessions import services
from sessions.models import GroupSession
by = User.objects.get(username="coordinator.qc")
first, second = (GroupSession.objects.get(pk=key) for key in ("{first}", "{second}"))
# Into the next week of the calendar, whatever day today is and on whichever days the program is closed.
today = timezone.localdate()
there = today + timedelta(days=9 - today.weekday())
starts_at = datetime.combine(there, time(7, 30), tzinfo=ZoneInfo(first.group.time_zone))
services.move_session(session=first, by=by, starts_at=starts_at)
services.cancel_session(session=second, by=by)
"""


class Subscriber:
    """A calendar somewhere: no cookies, no browser, two libraries of others."""

    def __init__(self, site: Stack, address: str) -> None:
        self.site, self.path, self.tag = urlsplit(site.url), urlsplit(address).path, ""

    def fetch(self) -> tuple[int, bytes]:
        unchecked = ssl._create_unverified_context()
        line = http.client.HTTPSConnection(self.site.netloc, context=unchecked, timeout=20)
        try:
            line.request("GET", self.path, headers={"If-None-Match": self.tag} if self.tag else {})
            answer = line.getresponse()
            self.tag = answer.headers.get("ETag", self.tag)
            return answer.status, answer.read()
        finally:
            line.close()

    def events(self) -> dict[str, tuple[int, str]]:
        """UID → sequence and state, as both libraries read them."""
        status, raw = self.fetch()
        assert status == 200, status
        assert problems(raw) == []
        ours = Calendar.from_ical(raw).walk("VEVENT")
        theirs = next(vobject.readComponents(raw.decode())).vevent_list
        found = {str(one["UID"]): (int(one["SEQUENCE"]), str(one["STATUS"])) for one in ours}
        assert found == {one.uid.value: (int(one.sequence.value), one.status.value) for one in theirs}
        assert {str(one["SUMMARY"]) for one in ours} <= {"Rendez-vous", "Appointment"}
        return found


def address_on(person: Visitor, path: str) -> str:
    """Switch it on and read the address, which the page shows once."""
    person.open(path)
    follow(person.page.locator("main button[value=make]"), "Enter")
    shown = person.page.locator("main code")
    expect(shown).to_be_visible()
    person.check()
    address = shown.inner_text().strip()
    person.open(path)
    expect(person.page.locator("main code")).to_have_count(0)
    return address


def test_subscribed_calendar_follows_and_ends(site: Stack, visitor: Callable[..., Visitor]) -> None:
    first, second, cookie = json.loads(site.run(READY))

    member = visitor("fr", phone=True)
    member.context.add_cookies([{"name": "__Host-session", "value": cookie, "url": site.url, "secure": True}])
    member.open("my/sessions/")
    subscriber = Subscriber(site, address_on(member, "my/calendar/"))
    before = subscriber.events()
    assert {sequence for sequence, _state in before.values()} == {0}
    assert subscriber.fetch()[0] == 304
    site.run(CHANGE.format(first=first, second=second))
    after = subscriber.events()
    assert after.keys() == before.keys()
    changed = sorted(one for uid, one in after.items() if one != before[uid])
    assert [state for _sequence, state in changed] == ["CANCELLED", "CONFIRMED"]
    member.open("my/calendar/")
    follow(member.page.locator("main button[value=end]"), "Enter")
    expect(member.page.locator("main button[value=make]")).to_be_visible()
    member.check()
    assert subscriber.fetch()[0] == 404

    lead = visitor("en", phone=True)
    sign_in_team(lead, "supporter.qc")
    look_by_keyboard(lead, "lead/calendar/")
    # As a lead of this group and of others, whose sessions may have moved before.
    assert set(before) < Subscriber(site, address_on(lead, "lead/calendar/address/")).events().keys()

    coordinator = visitor("fr")
    sign_in_team(coordinator, "coordinator.qc")
    look_by_keyboard(coordinator, "desk/calendar/")
    coordinator.open(f"desk/sessions/{first}/")


def look_by_keyboard(reader: Visitor, path: str) -> None:
    """This week, the next one, its month, with the keyboard alone."""
    page = reader.page
    reader.open(path)
    follow(page.locator(".month-head a").last, "Enter")
    page.wait_for_url("**?week=*")
    reader.check()
    follow(page.locator(".agenda-day a").first, "Enter")
    page.wait_for_url("**/sessions/**")
    page.go_back()
    # A page that the browser kept is covered, and asked for anew.
    expect(page.locator("html.leaving")).to_have_count(0)
    page.wait_for_load_state()
    follow(page.locator("main a[href*='month=']").first, "Enter")
    page.wait_for_url("**?month=*")
    expect(page.locator(".month-day a").first).to_be_visible()
    reader.check()
