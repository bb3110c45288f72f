"""Somebody pauses on a phone, a coordinator finds who leads, whoever stands in leads. In both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import follow, sign_in_team
from tests.e2e.stack import Stack

CANARY = "Canari-orage"
# A group whose one session is some weeks ahead, led by somebody with an account of the demo.
GROUP = """
from datetime import timedelta
from django.utils import timezone
from groups.models import PeerGroup
from groups.services import add_member
from groups.models import GroupLead
from psp.models import User
from sessions.models import GroupSession
from tests import factories as make
coordinator, lead = User.objects.get(username="coordinator.qc"), User.objects.get(username="supporter.qc")
group = make.a_group(coordinator, kind="activity", name_en="{name} en", name_fr="{name} fr")
person = make.an_accepted_participant("QC", services=["activity"], by=coordinator, name="Noa", language="fr")
add_member(group=group, participant=person, by=coordinator)
GroupLead.objects.create(group=group, user=lead, role="facilitator")
PeerGroup.objects.filter(pk=group.pk).update(state="established", established_at=timezone.now())
# In the middle of the night, when nobody of the demo has anything else.
begin = timezone.now().replace(hour=6, minute=0) + timedelta(days=40 + 7 * {hour}, hours={hour})
print(GroupSession.objects.create(group=group, number=1, starts_at=begin, ends_at=begin + timedelta(hours=1)).pk)
"""
COVER = """
from sessions.models import Cover
print(Cover.objects.get(session="{session}").pk)
"""
WORDS = {
    "en": {"pause": "Pause my role now", "paused": "Your role is paused", "back": "I am back",
           "hard": "Somebody to talk to now", "cannot": "I cannot lead this one"},
    "fr": {"pause": "Mettre mon rôle en pause maintenant", "paused": "Votre rôle est en pause",
           "back": "Je suis de retour", "hard": "Quelqu’un à qui parler maintenant",
           "cannot": "Je ne peux pas animer celle-ci"},
}  # fmt: skip


@pytest.mark.parametrize(("language", "phone", "hour"), [("en", False, 2), ("fr", True, 5)])
def test_somebody_pauses_and_somebody_else_leads(
    site: Stack, visitor: Callable[..., Visitor], language: str, phone: bool, hour: int
) -> None:
    words, name = WORDS[language], f"Quiet hour {hour}"
    session = site.run(GROUP.format(name=name, hour=hour)).split()[-1]
    lead, desk, other = visitor(language, phone=phone), visitor(language), visitor(language, phone=phone)
    sign_in_team(lead, "supporter.qc")
    says_that_it_is_hard(lead, words)
    lead.open("lead/pause/")
    lead.check()
    follow(lead.page.get_by_role("button", name=words["pause"]))
    expect(lead.page.get_by_role("heading", name=words["paused"])).to_be_visible()
    lead.check()

    sign_in_team(desk, "coordinator.qc")
    desk.open("desk/covers/")
    desk.check()
    expect(desk.page.get_by_text(name).first).to_be_visible()
    assert CANARY not in desk.page.content()
    cover = site.run(COVER.format(session=session)).split()[-1]
    desk.open(f"desk/covers/{cover}/")
    desk.check()
    assert CANARY not in desk.page.content()
    choice = desk.page.locator("select[name=user] option", has_text=in_other_region(site))
    desk.page.locator("select[name=user]").select_option(value=choice.first.get_attribute("value"))
    follow(desk.page.locator("main form:has(select[name=user]) button[type=submit]"))
    desk.page.wait_for_url("**/desk/covers/")

    sign_in_team(other, "supporter.on")
    other.open(f"lead/sessions/{session}/")
    expect(other.page.get_by_role("button", name=words["cannot"])).to_be_visible()
    assert "Noa" in other.page.content()
    assert CANARY not in other.page.content()
    other.check()

    lead.open("lead/pause/")
    follow(lead.page.get_by_role("button", name=words["back"]))
    lead.open(f"lead/sessions/{session}/")
    expect(lead.page.get_by_role("button", name=words["cannot"])).to_have_count(0)
    lead.check()


def in_other_region(site: Stack) -> str:
    return site.run('from psp.models import User; print(User.objects.get(username="supporter.on").name)').strip()


def says_that_it_is_hard(lead: Visitor, words: dict[str, str]) -> None:
    """A colour and a word for themselves alone; help is there at once."""
    lead.open("lead/how-i-am/")
    lead.check()
    lead.page.locator("input[name=colour][value=hard]").check()
    lead.page.locator("input[name=word]").fill(CANARY)
    follow(lead.page.locator("main form:has(input[name=word]) button[type=submit]"))
    lead.page.wait_for_url("**/lead/how-i-am/*-*/")
    expect(lead.page.get_by_role("heading", name=words["hard"])).to_be_visible()
    lead.check()
