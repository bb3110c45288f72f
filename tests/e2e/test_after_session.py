"""A session of an informal group on a phone: who came, somebody without a place, late notes, a minute for whoever led,
and the supervisor whom they asked. In both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import follow, sign_in_participant, sign_in_team
from tests.e2e.stack import Stack

# Two sessions of a group: one that is on now, and one of yesterday of which nobody has noted who was there.
GROUP = """
from datetime import timedelta
from django.utils import timezone
from contact.services import set_safe_contact
from groups.models import PeerGroup
from groups.services import add_lead, add_member
from psp.models import User
from sessions.models import GroupSession
from tests import factories as make
coordinator, lead = User.objects.get(username="coordinator.qc"), User.objects.get(username="supporter.qc")
people = [
    make.an_accepted_participant("QC", services=["informal"], by=coordinator, name=name, language="fr",
                                 consents=("taking_part", "contact_email"), email=name.lower() + ".seance@example.org")
    for name in ("Camille", "Sasha", "Noa")
]
for person in people:
    set_safe_contact(person=person.user, by=person.user, email_safe=True, language="fr")
group = make.a_group(coordinator, kind="informal", name_en="Window seats", name_fr="Places à la fenêtre")
make.room_to_lead(lead)
add_lead(group=group, user=lead, role="facilitator", by=coordinator)
for person in people[:2]:
    add_member(group=group, participant=person, by=coordinator)
now = timezone.now()
group.memberships.update(joined_at=now - timedelta(days=9))
PeerGroup.objects.filter(pk=group.pk).update(state="established", established_at=now - timedelta(days=9))
begins = (now - timedelta(days=1), now - timedelta(minutes=5))
made = [
    GroupSession.objects.create(group=group, number=number, starts_at=begin, ends_at=begin + timedelta(minutes=90))
    for number, begin in enumerate(begins, start=1)
]
print(*(session.pk for session in made))
"""
# The evening is over, and it was the last one.
OVER = """
from datetime import timedelta
from django.db.models import F
from django.utils import timezone
from sessions.models import GroupSession
from sessions.services_follow_up import offer_calls
GroupSession.objects.filter(pk="{session}").update(
    starts_at=F("starts_at") - timedelta(hours=2), ends_at=F("ends_at") - timedelta(hours=2)
)
print(offer_calls(timezone.now()))
"""
NOTED = """
from sessions.models import Attendance
print(*sorted(Attendance.objects.filter(session="{session}").values_list("status", flat=True)))
"""


def note(lead: Visitor, name: str, status: str) -> None:
    """Press the large target of one answer beside a name."""
    row = lead.page.locator(".attendance fieldset", has=lead.page.locator("legend", has_text=name))
    target = row.locator(f"label:has(input[value={status}]), .form-check:has(input[value={status}])").first
    box = target.bounding_box()
    assert box is not None
    assert box["height"] >= 44, "a thumb meets it"
    row.locator(f"input[value={status}]").check()


def test_a_session_on_a_phone_from_who_came_to_support_for_whoever_led(
    site: Stack, visitor: Callable[..., Visitor]
) -> None:
    yesterday, today = site.run(GROUP).split()
    lead, guest, member = (visitor("fr", phone=True) for _one in range(3))
    sign_in_team(lead, "supporter.qc")
    lead.open("lead/")
    follow(lead.page.locator(f"main a[href$='/lead/sessions/{yesterday}/']").first)
    lead.check()
    note(lead, "Camille", "present")
    save(lead)
    assert site.run(NOTED.format(session=yesterday)) == "present", "late, and what is there is saved"

    lead.open(f"lead/sessions/{today}/")
    note(lead, "Camille", "present")
    note(lead, "Sasha", "let_us_know")
    save(lead)
    follow(lead.page.locator(f"main a[href$='/lead/sessions/{today}/']"))
    note(lead, "Sasha", "present")
    save(lead)
    follow(lead.page.locator(f"main a[href$='/lead/sessions/{today}/']"))
    lead.page.locator(".attendance-changes summary").press("Enter")
    lead.check()
    assert lead.page.locator(".attendance-changes li").count() == 2

    sign_in_participant(guest, "noa.seance@example.org")
    guest.open("my/sessions/")
    follow(guest.page.locator("main a[href$='/my/code/']"))
    guest.check()
    follow(guest.page.locator("main form button.btn-primary"))
    code = guest.page.locator(".door-code").inner_text()
    guest.check()

    follow(lead.page.locator(f"main a[href$='/sessions/{today}/code/']"))
    lead.check()
    lead.page.locator("input[name=code]").fill("0000 0000")
    follow(lead.page.locator("input[name=code]"), "Enter")
    expect(lead.page.locator(".error-summary, [role=alert]").first).to_be_visible()
    lead.check()
    lead.page.locator("input[name=code]").fill(code)
    follow(lead.page.locator("main form button.btn-primary"))
    expect(lead.page.locator(".attendance legend", has_text="Noa")).to_be_visible()
    lead.check()
    assert site.run(NOTED.format(session=today)) == "present present present"

    lead.open(f"lead/sessions/{today}/thanks/")
    follow(lead.page.locator("main a[href$='/debrief/']"))
    lead.check()
    lead.page.locator("input[name=how][value=hard]").check()
    lead.page.locator("input[name=follow_up]").check()
    lead.page.get_by_label(re.compile("Robin")).check()
    follow(lead.page.locator("main form button.btn-primary"))
    expect(lead.page.locator(".callout-success", has_text="Robin")).to_be_visible()
    assert lead.page.locator("#help-now a[href^='tel:']").count() > 0, "whom to call now"
    lead.check()

    supervisor = visitor("en", phone=True)
    sign_in_team(supervisor, "supervisor", front="*/care/")
    assert supervisor.page.locator("main form[action$='/take/']").count() == 1
    follow(supervisor.page.locator("form[action$='/take/'] button"))
    supervisor.check()
    coordinator = visitor("fr")
    sign_in_team(coordinator, "coordinator.qc")
    coordinator.open("desk/after-sessions/")
    assert "Difficile" not in coordinator.page.locator("main").inner_text()
    follow(coordinator.page.locator("form[action*='/talks/'] button").first)
    coordinator.check()

    told = len(site.messages("sasha.seance@example.org"))
    assert int(site.run(OVER.format(session=today))) >= 2
    letter = site.wait_for_message("sasha.seance@example.org", after=told).get_content()
    assert not re.search("groupe|séance|soutien", letter)
    sign_in_participant(member, "sasha.seance@example.org")
    follow(member.page.locator("main a[href*='/my/calls/']").first)
    member.check()
    follow(member.page.locator("main button[value=yes]"))
    expect(member.page.locator(".error-summary, [role=alert]").first).to_be_visible()
    member.page.locator("input[name=times][value=evening]").check()
    follow(member.page.locator("main button[value=yes]"))
    expect(member.page.locator(".callout-success")).to_have_count(2)
    member.check()
    coordinator.open("desk/after-sessions/")
    follow(coordinator.page.get_by_role("link", name="Sasha"))
    coordinator.check()
    assert coordinator.page.locator("main a[href^='tel:']").count() == 0, "no call is safe for this person"

    both_languages(member, member.page.url.split("/fr/")[1])
    both_languages(coordinator, coordinator.page.url.split("/fr/")[1], "desk/after-sessions/")
    both_languages(lead, f"lead/sessions/{today}/", f"lead/sessions/{today}/debrief/", f"lead/sessions/{today}/code/")
    both_languages(guest, "my/code/")
    both_languages(supervisor, "care/")
    assert lead.faults + guest.faults + member.faults + supervisor.faults + coordinator.faults == []


def save(lead: Visitor) -> None:
    follow(lead.page.locator("main form button.btn-primary").first)
    lead.page.wait_for_url("**/thanks/")
    lead.check()


def both_languages(person: Visitor, *paths: str) -> None:
    person.language = "fr" if person.language == "en" else "en"
    for path in paths:
        person.open(path)
