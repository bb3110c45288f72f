"""An open group from the portal and the desk: enrol, full, stand in line, somebody leaves, a timed offer, a place."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect

from tests.e2e.people import follow, sign_in_participant, sign_in_team

TEAM = """
from psp.accounts.services import enrol_totp
from psp.demo.accounts import PASSWORD, TOTP_SECRET
from psp.models import RoleAssignment
from tests import factories as make
who = make.a_coordinator("ATL", password=PASSWORD, username="coordinator.atl", language="en",
                         email="atl@example.org", made_by_demo=True)
enrol_totp(who, TOTP_SECRET)
from datetime import timedelta
from django.utils import timezone
made = make.a_group(who, kind="informal", program_region="ATL", region="NS", name_en="Monday talks",
                    name_fr="Les lundis", starts_on=timezone.localdate() + timedelta(days=20))
made.max_size = 2
made.save()
print(made.pk)
"""
PERSON = """
from contact.services import set_safe_contact
from psp.models import User
from tests import factories as make
by = User.objects.get(username="coordinator.atl")
who = make.an_accepted_participant("NS", services=("informal",), email="{email}", language="{language}", by=by,
                                   consents=("taking_part", "contact_email"))
set_safe_contact(person=who.user, by=who.user, email_safe=True, language="{language}")
print(who.pk)
"""
FILL = """
from groups.models import PeerGroup
from groups.services_enrolling import enrol
from intake.models import Participant
from tests import factories as make
group = PeerGroup.objects.get(pk="{group}")
who = Participant.objects.get(pk="{person}")
print(type(enrol(group=group, participant=who, by=who.user)).__name__)
"""


def test_open_group_fills_and_its_line_is_served(visitor, site):
    """One person reads French on a phone, the next one in line English, and both leave in their language."""
    group = site.run(TEAM)
    emails = {f"line.{name}@example.org": language for name, language in (("a", "fr"), ("b", "fr"), ("c", "en"))}
    people = [site.run(PERSON.format(language=language, email=email)) for email, language in emails.items()]

    desk = visitor("en")
    sign_in_team(desk, "coordinator.atl")
    open_and_furnish(desk, group)

    first = visitor("fr", phone=True)
    sign_in_participant(first, "line.a@example.org")
    follow(first.page.locator("main a[href$='/my/groups/']").first)
    first.check()
    first.open("my/groups/?month=")
    first.open("my/groups/")
    follow(first.page.locator(f"main a[href*='{group}']"))
    first.check()
    press(first, "/enrol/")
    expect(first.page.locator("main a[href$='/leave/']")).to_be_visible()
    first.check()
    share(first)
    assert site.run(FILL.format(group=group, person=people[1])) == "Membership"

    waiting = visitor("en")
    sign_in_participant(waiting, "line.c@example.org")
    waiting.open(f"my/groups/{group}/")
    press(waiting, "/enrol/")
    expect(waiting.page.locator("main .callout-title")).to_contain_text("1")
    waiting.check()
    desk.open(f"desk/groups/{group}/")
    expect(desk.page.locator("#enrolment ~ ol li")).to_have_count(1)

    leave(first)
    until_offered(waiting, group)
    waiting.check()
    follow(waiting.page.locator("main a[href*='/my/invitations/']").first)
    waiting.check()
    follow(waiting.page.locator("main button[value=accepted]"))
    waiting.open(f"my/groups/{group}/")
    leave(waiting)
    desk.open(f"desk/groups/{group}/")
    expect(desk.page.locator("#enrolment ~ ol li")).to_have_count(0)
    assert [fault for who in (desk, first, waiting) for fault in who.faults + who.strangers] == []


def until_offered(person, group: str) -> None:
    """The worker offers the place once the leaving is committed: nobody has to do anything."""
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline:
        person.page.goto(f"{person.site.url}/{person.language}/my/groups/{group}/")
        if person.page.locator("main a[href*='/my/invitations/']").count():
            return
        time.sleep(0.5)
    raise AssertionError("nothing was offered")


def press(person, ending: str) -> None:
    follow(person.page.locator(f"main form[action$='{ending}'] button[type=submit]"))


def open_and_furnish(desk, group: str) -> None:
    """Open the enrolment and say where the group meets, with the keyboard."""
    desk.open(f"desk/groups/{group}/")
    follow(desk.page.locator("main a[href$='/open/']").first, "Enter")
    desk.page.wait_for_url(re.compile("/open/$"))
    desk.check()
    follow(desk.page.locator("main form button[type=submit]"), "Enter")
    desk.page.wait_for_url(re.compile(f"{group}/$"))
    follow(desk.page.locator("main a[href$='/place/']").first, "Enter")
    desk.page.wait_for_url(re.compile("/place/$"))
    desk.check()
    desk.page.locator("input[name=link]").fill("https://video.example.org/monday")
    follow(desk.page.locator("main form button[type=submit]"), "Enter")
    desk.page.wait_for_url(re.compile(f"{group}/$"))
    desk.check()


def share(person) -> None:
    follow(person.page.locator("main a[href$='/needs/']"))
    person.check()
    person.page.locator("input[value=breaks]").check()
    follow(person.page.locator("main form button[type=submit].btn-primary"))
    person.page.wait_for_url(re.compile(r"/my/groups/[0-9a-f-]{36}/$"))
    person.check()


def leave(person) -> None:
    """Two clicks, no reason."""
    follow(person.page.locator("main a[href$='/leave/']"))
    person.check()
    assert person.page.locator("main textarea, main input:not([type=hidden])").count() == 0
    press(person, "/leave/")
    person.page.wait_for_url("**/my/sessions/")
    person.check()
