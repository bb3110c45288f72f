"""From an interest in the portal to a first group: said, taken up, an account of its own, ready, trained, leading."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import fill, follow, sign_in_participant, sign_in_team, submit, totp_now

PASSWORD = "a long and quiet river"
# Somebody whose group was over more than a year ago, and a group that needs somebody to lead it.
BEFORE = """
import json
from datetime import timedelta
from django.utils import timezone
from contact.models import SafeContact
from groups.models import Membership, PeerGroup
from psp.models import User
from tests.factories import a_formal_group, a_group, an_accepted_participant
by = User.objects.get(username="{coordinator}")
place = dict(program_region="{region}", region="{region}", language="{language}")
person = an_accepted_participant(
    "{region}", email="{old}", name="Noa", language="{language}", consents=("taking_part", "contact_email"), by=by,
)
SafeContact.objects.create(person=person.user, email_safe=True)
long_ago = timezone.now() - timedelta(days=500)
past = a_formal_group(by, members=3, leads=0, **place)
Membership.objects.create(group=past, participant=person)
PeerGroup.objects.filter(pk=past.pk).update(state="established", established_at=long_ago)
Membership.objects.filter(participant=person).update(state="left", left_at=long_ago)
group = a_group(by, name_en="Mondays", name_fr="Lundis", **place)
print(json.dumps([str(group.pk), str(person.user_id)]))
"""
# What beat does by itself a little later; where it is at it already, this waits for it.
OPEN = """
import time
from django.utils import timezone
from supporters.joining.services_opening import open_accounts
from psp.models import User
for _try in range(300):
    open_accounts(timezone.now())
    if opened := User.objects.by_email("{new}").first():
        break
    time.sleep(0.2)
print(opened.pk)
"""
PAIR = """
from psp.models import User
from supporters.models import Pairing
by = User.objects.get(username="supervisor")
Pairing.objects.create(user=User.objects.get(pk="{account}"), supervisor=by)
print("paired")
"""
NEEDED = """
import json
from supporters.models import Course
print(json.dumps(list(Course.objects.filter(needed=True).values_list("code", flat=True))))
"""


@dataclass(frozen=True)
class Story:
    language: str
    region: str
    coordinator: str
    phone: bool

    @property
    def old(self) -> str:
        return f"noa.{self.language}@example.org"

    @property
    def new(self) -> str:
        return f"river.{self.language}@example.org"

    @property
    def name(self) -> str:
        return f"River {self.language}"


STORIES = [
    pytest.param(Story("en", "ON", "coordinator.on", phone=False), id="en"),
    pytest.param(Story("fr", "QC", "coordinator.qc", phone=True), id="fr"),
]


def say_it(person: Visitor, story: Story) -> None:
    """From the quiet line in the portal to what stands there afterwards."""
    sign_in_participant(person, story.old)
    follow(person.page.locator("main a[href$='/my/giving-back/']"))
    person.check()
    fill(person.page, name=story.name, address=story.new)
    submit(person.page)
    expect(person.page.locator("main div.callout-success")).to_be_visible()
    person.check()


def take_it_up(supervisor: Visitor, story: Story) -> None:
    """The supervisor sees the new name, and nothing of who said it."""
    supervisor.open("care/joining/")
    card = supervisor.page.locator("main article", has=supervisor.page.get_by_role("heading", name=story.name))
    expect(card).to_be_visible()
    assert "Noa" not in supervisor.page.locator("body").inner_text()
    assert story.old not in supervisor.page.content()
    follow(card.locator("form[action$='/take-up/'] button"))
    expect(card.locator("form[action$='/leave/'] button")).to_be_visible()
    supervisor.check()


def first_sign_in(newcomer: Visitor, story: Story) -> str:
    """The link in the letter, a password, and an authenticator app; the key of the app."""
    page, site = newcomer.page, newcomer.site
    letter = site.wait_for_message(story.new, matching=r"/accounts/password/reset/key/")
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+/)", letter.get_content())
    assert link
    page.goto(f"{site.url}{link[1]}")
    fill(page, password1=PASSWORD, password2=PASSWORD)
    submit(page)
    page.wait_for_url("**/accounts/password/reset/key/done/")
    with_password(newcomer, story)
    page.wait_for_url("**/accounts/enrol/")
    follow(page.locator("main a[href$='/2fa/totp/activate/']"))
    secret = str(page.locator("code.key").text_content())
    fill(page, code=totp_now(secret))
    submit(page)
    return secret


def with_password(newcomer: Visitor, story: Story) -> None:
    page = newcomer.page
    page.goto(f"{newcomer.site.url}/accounts/login/")
    page.locator("input[name=login]").fill(story.new)
    page.locator("input[name=password]").fill(PASSWORD)
    submit(page)


def sign_in_again(newcomer: Visitor, story: Story, secret: str) -> None:
    """The role ended every session. The code of just now is spent, so the next one is given."""
    with_password(newcomer, story)
    newcomer.page.wait_for_url("**/accounts/2fa/authenticate/")
    for later in (1, 0, -1):
        fill(newcomer.page, code=totp_now(secret, later=later))
        submit(newcomer.page)
        if "/accounts/" not in newcomer.page.url:
            return
    raise AssertionError(newcomer.page.url)


def talk(supervisor: Visitor, account: str, step: str, words: str) -> None:
    """A conversation is noted with "ready"."""
    supervisor.open(f"care/joining/{account}/conversation/")
    page = supervisor.page
    page.locator(f"input[name=ready_for][value={step}]").check()
    page.locator("input[name=outcome][value=ready]").check()
    fill(page, about_support=words)
    submit(page)
    page.wait_for_url(f"**/care/joining/{account}/")
    supervisor.check()


def read_and_comment(newcomer: Visitor, words: str) -> None:
    newcomer.open("lead/joining/")
    page = newcomer.page
    expect(page.locator("main").get_by_text(words)).to_be_visible()
    page.locator("main textarea[name=comment]").fill("I see it so too")
    follow(page.locator("main form[action$='/comment/'] button"))
    expect(page.locator("main textarea[name=comment]")).to_have_value("I see it so too")
    newcomer.check()


def note_training(supervisor: Visitor, account: str) -> None:
    for course in json.loads(supervisor.site.run(NEEDED)):
        supervisor.open(f"care/training/person/{account}/")
        supervisor.page.locator("main select[name=course]").select_option(course)
        fill(supervisor.page, completed_on=datetime.now(ZoneInfo("America/Toronto")).date().isoformat())
        follow(supervisor.page.locator("main form:has(select[name=course]) button[type=submit]"))
    supervisor.check()


def agree(newcomer: Visitor) -> None:
    """From the own page to the agreement, read and agreed to."""
    newcomer.open("lead/joining/")
    follow(newcomer.page.locator("main a[href$='/lead/agreement/']"))
    newcomer.check()
    newcomer.page.locator("main input[name=agree]").check()
    submit(newcomer.page)
    expect(newcomer.page.locator("main input[name=agree]")).to_have_count(0)
    newcomer.check()


def begin(supervisor: Visitor, account: str) -> None:
    supervisor.open(f"care/joining/{account}/")
    follow(supervisor.page.locator("main form[action$='/begin/'] button"))
    expect(supervisor.page.locator("main form[action$='/begin/'] button")).to_have_count(0)
    supervisor.check()


def assign(coordinator: Visitor, group: str, name: str) -> None:
    coordinator.open(f"desk/groups/{group}/leads/")
    page = coordinator.page
    page.locator("main select[name=user]").select_option(label=name)
    page.locator("main select[name=role]").select_option("facilitator")
    follow(page.locator("#leads ~ details button[type=submit]:not([formaction])"))
    expect(page.locator("section[aria-labelledby=leads] li", has_text=name)).to_be_visible()
    coordinator.check()


@pytest.mark.parametrize("story", STORIES)
def test_from_an_interest_to_a_first_group(visitor, site, story):
    group, earlier = json.loads(site.run(BEFORE.format(old=story.old, **story.__dict__)))
    person = visitor(story.language, phone=story.phone)
    say_it(person, story)
    supervisor = visitor(story.language)
    sign_in_team(supervisor, "supervisor")
    take_it_up(supervisor, story)
    account = site.run(OPEN.format(new=story.new))
    person.open("my/giving-back/")
    assert story.name not in person.page.content()

    newcomer = visitor(story.language, phone=story.phone)
    secret = first_sign_in(newcomer, story)
    newcomer.open("lead/joining/")
    words = "A sister and a neighbour"
    talk(supervisor, account, "training", words)
    read_and_comment(newcomer, words)
    note_training(supervisor, account)
    agree(newcomer)
    site.run(PAIR.format(account=account))
    talk(supervisor, account, "leading", "Still there")
    begin(supervisor, account)

    sign_in_again(newcomer, story, secret)
    coordinator = visitor(story.language)
    sign_in_team(coordinator, story.coordinator)
    assign(coordinator, group, story.name)
    newcomer.open("lead/")
    expect(newcomer.page.locator(f"main a[href$='/lead/groups/{group}/']")).to_be_visible()
    # Nowhere does the new account know anything of the one before.
    assert earlier not in newcomer.page.content()
