"""Asked to join: yes, no, no answer, the next one, the group with its dates, and leaving it again."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.e2e.people import follow, sign_in_participant, sign_in_team

# Nothing that a message says may tell what it is about.
TELLING = ("group", "groupe", "support", "soutien", "invitation", "program")
# A group that is formed, with three people asked and two who wait and would fit.
FORMED = """
import json
from datetime import timedelta
from django.utils import timezone
from contact.models import SafeContact
from groups.models import PeerGroup
from groups.services_inviting import invite
from intake.models import Preferences, WaitingPlace
from psp.models import User
from tests.factories import a_group, an_accepted_participant, room_to_lead
by = User.objects.get(username="{coordinator}")
def somebody(name, since=""):
    made = an_accepted_participant(
        "{region}", email=f"{{name}}.{language}@example.org", name=name.title(), language="{language}",
        consents=("taking_part", "contact_email"), by=by, time_zone="America/Toronto",
    )
    SafeContact.objects.create(person=made.user, email_safe=True)
    Preferences.objects.create(participant=made, person=made.user, availability=[[1440 + 18 * 60, 1440 + 21 * 60]])
    if since:
        WaitingPlace.objects.filter(participant=made).update(since=since)
    return made
in_a_month = timezone.localdate() + timedelta(days=30)
group = a_group(
    by, program_region="{region}", region="{region}", language="{language}", name_en="Tuesdays", name_fr="Mardis",
    starts_on=in_a_month + timedelta(days=(1 - in_a_month.weekday()) % 7),
)
group.min_size = 2
group.save()
for name in ("alma", "bo", "cleo"):
    invite(group=group, participant=somebody(name), by=by)
invite(group=group, user=room_to_lead(User.objects.get(username="{supporter}")), role="facilitator", by=by)
for name, since in (("dara", "2019-01-01T12:00Z"), ("eli", "2019-01-02T12:00Z")):
    somebody(name, since)
print(json.dumps(str(group.pk)))
"""
# Time passes: the one who said no has thought again for long enough, the other one's time is over.
LATER = """
from datetime import timedelta
from django.utils import timezone
from groups.models import Invitation
now, rows = timezone.now(), Invitation.objects.filter(group="{group}")
rows.filter(state="declined").update(answered_at=now - timedelta(hours=1))
rows.filter(state="open", participant__isnull=False).update(sent_at=now - timedelta(days=8), answer_by=now)
print("done")
"""
STATES = """
import json
from groups.models import Invitation
rows = Invitation.objects.filter(group="{group}", participant__isnull=False)
print(json.dumps({{row.participant.user.name: row.state for row in rows.order_by("sent_at")}}))
"""


@dataclass(frozen=True)
class Story:
    language: str
    region: str
    coordinator: str
    supporter: str


STORIES = [
    pytest.param(Story("fr", "QC", "coordinator.qc", "supporter.qc"), id="fr"),
    pytest.param(Story("en", "ON", "coordinator.on", "supporter.on"), id="en"),
]


def states(site, group) -> dict[str, str]:
    found: dict[str, str] = json.loads(site.run(STATES.format(group=group)))
    return found


def wait_for(site, group, **wanted) -> None:
    """Beat looks every few seconds."""
    deadline = time.monotonic() + 150
    while not wanted.items() <= states(site, group).items():
        assert time.monotonic() < deadline, states(site, group)
        time.sleep(0.5)


def arrive(visitor, story, name, *, phone=True):
    """Signed in; the first line says that an answer is awaited, and leads to it."""
    person = visitor(story.language, phone=phone)
    sign_in_participant(person, f"{name}.{story.language}@example.org")
    follow(person.page.locator("main a.btn-primary").first)
    person.page.wait_for_url("**/my/invitations/*/")
    person.check()
    return person


def say(person, answer) -> None:
    """With the keyboard, as with a finger."""
    follow(person.page.locator(f"main button[value={answer}]"), "Enter")
    expect(person.page.locator(f"main button[value={answer}]")).to_have_count(0)
    person.check()


@pytest.mark.parametrize("story", STORIES)
def test_invitation_lapse_next_offer_dates_and_leaving(visitor, site, story):
    group = json.loads(site.run(FORMED.format(**vars(story))))
    for name in ("alma", "bo"):
        message = site.wait_for_message(f"{name}.{story.language}@example.org")
        told = f"{message['Subject']} {message.get_content()}".lower()
        assert not [word for word in TELLING if word in told], told

    alma = arrive(visitor, story, "alma")
    expect(alma.page.locator("main section[aria-labelledby=dates] li")).to_have_count(10)
    say(alma, "accepted")
    theirs = alma.page.url

    bo = arrive(visitor, story, "bo", phone=False)
    say(bo, "declined")
    follow(bo.page.locator("main form[action$='/again/'] button"))
    expect(bo.page.locator("main button[value=declined]")).to_be_visible()
    say(bo, "declined")

    site.run(LATER.format(group=group))
    wait_for(site, group, Cleo="lapsed", Dara="open", Eli="open")
    cleo = visitor(story.language)
    sign_in_participant(cleo, f"cleo.{story.language}@example.org")
    follow(cleo.page.locator("main a[href*='/my/invitations/']").first)
    expect(cleo.page.locator("main button[name=answer]")).to_have_count(0)
    cleo.check()

    dara = arrive(visitor, story, "dara")
    say(dara, "accepted")

    lead = visitor(story.language, phone=True)
    sign_in_team(lead, story.supporter)
    lead.open("lead/")
    follow(lead.page.locator(f"main a[href$='/lead/invitations/{group}/']"))
    lead.check()
    say(lead, "accepted")

    desk = visitor(story.language)
    sign_in_team(desk, story.coordinator)
    desk.open(f"desk/groups/{group}/")
    desk.page.locator("section[aria-labelledby=invitations] details summary").first.click()
    desk.check()
    follow(desk.page.locator("main a[href$='/establish/']"))
    follow(desk.page.locator("main form button.btn-primary"))
    desk.page.wait_for_url(f"**/desk/groups/{group}/")
    desk.check()
    assert states(site, group) == {
        "Alma": "accepted", "Bo": "declined", "Cleo": "lapsed", "Dara": "accepted", "Eli": "taken_back",
    }  # fmt: skip

    site.wait_for_message(f"alma.{story.language}@example.org", matching="(?i)dates")
    alma.page.goto(theirs)
    expect(alma.page.locator("main section[aria-labelledby=dates] li")).to_have_count(10)
    alma.check()
    alma.page.locator("main details summary").click()
    follow(alma.page.locator("main form[action$='/not-after-all/'] button"))
    expect(alma.page.locator("main form[action$='/not-after-all/']")).to_have_count(0)
    alma.check()
    desk.open(f"desk/groups/{group}/")
    # The place stays empty: nobody can be given one, or be asked.
    expect(desk.page.locator("main a[href$='/people/']")).to_have_count(0)
