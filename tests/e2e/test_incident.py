"""From an incident to a keep-apart: reported on a phone, taken on the desk, the group shows what it needs, everybody is
offered a talk, and the year's review keeps what changes. In both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import follow, sign_in_team
from tests.e2e.stack import Stack
from tests.e2e.test_after_session import both_languages

GROUP = """
from datetime import timedelta
from django.utils import timezone
from groups.models import GroupLead
from groups.services import add_member
from psp.models import User
from sessions.models import GroupSession
from tests import factories as make
coordinator, lead = User.objects.get(username="coordinator.qc"), User.objects.get(username="supporter.qc")
group = make.a_group(coordinator, name_en="By the river", name_fr="Au bord de la rivière")
for name in ("Maxence", "Ariel"):
    person = make.an_accepted_participant("QC", by=coordinator, name=name, language="fr")
    add_member(group=group, participant=person, by=coordinator)
# Whether somebody may lead one group more is another story.
GroupLead.objects.create(group=group, user=lead, role="facilitator")
now = timezone.now()
session = GroupSession.objects.create(
    group=group, number=1, starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1)
)
print(session.pk)
"""
PAIR = """
from intake.models import KeepApart
names = {"Maxence", "Ariel"}
rows = KeepApart.objects.in_force().filter(other__isnull=False).select_related("person", "other")
print(sum({row.person.name, row.other.name} == names for row in rows))
"""
NOTE = "Elles se connaissent du travail. Merci de nous appeler."


def report(lead: Visitor, session: str) -> str:
    """On the phone, from the session's page; the address of the report."""
    lead.open(f"lead/sessions/{session}/")
    follow(lead.page.locator("main a[href*='/lead/matters/report/']"))
    lead.check()
    assert lead.page.locator("main a[href='tel:911']").first.is_visible(), "whom to call now"
    lead.page.locator("input[name=kind][value=recognised]").check()
    for name in ("Maxence", "Ariel"):
        lead.page.get_by_label(name, exact=True).check()
    lead.page.locator("input[name=needs][value=call]").check()
    lead.page.locator("textarea[name=note]").fill(NOTE)
    lead.page.locator("input[name=happened_at]").fill("")
    follow(lead.page.locator("main form button.btn-primary"))
    expect(lead.page.locator(".error-summary")).to_be_visible()
    expect(lead.page.locator("textarea[name=note]")).to_have_value(NOTE)
    lead.check()
    lead.page.locator("input[name=happened_at]").fill("2026-01-05T19:30")
    follow(lead.page.locator("main form button.btn-primary"))
    lead.page.wait_for_url(re.compile(r"/lead/matters/[0-9a-f-]{36}/$"))
    lead.check()
    return lead.page.url.rstrip("/").rsplit("/", 1)[1]


def press(person: Visitor, form: str, button: str = "button[type=submit]") -> None:
    """Send the first form on the page whose address ends so."""
    follow(person.page.locator(f"main form[action$='/{form}/'] {button}").first)
    person.check()


def open_more(person: Visitor, form: str) -> None:
    """Unfold the part of the page in which this form stands."""
    person.page.locator(f"details:has(form[action$='/{form}/']) > summary").click()


def test_incident_to_keep_apart(site: Stack, visitor: Callable[..., Visitor]) -> None:
    session = site.run(GROUP).strip()
    lead, coordinator, supervisor = visitor("fr", phone=True), visitor("en"), visitor("fr", phone=True)
    sign_in_team(lead, "supporter.qc")
    incident = report(lead, session)

    sign_in_team(coordinator, "coordinator.qc")
    coordinator.open("desk/")
    follow(coordinator.page.locator("#card-incidents a"))
    coordinator.check()
    follow(coordinator.page.locator(f"main a[href$='/desk/matters/{incident}/']"))
    coordinator.check()
    assert NOTE in coordinator.page.locator("main").inner_text()
    press(coordinator, "take")
    press(coordinator, "take-step", "button[value=safe_contact]")
    open_more(coordinator, "apart")
    coordinator.check()
    press(coordinator, "apart")
    assert site.run(PAIR).strip() == "1"

    # The front page says at once in which group the two are, and what can be done.
    coordinator.open("desk/")
    expect(coordinator.page.locator("main", has_text="By the river").first).to_be_visible()
    coordinator.open(f"desk/matters/{incident}/")

    lead.open(f"lead/matters/{incident}/")
    seen = lead.page.locator("main").inner_text()
    assert "Une mesure a été prise" in seen
    assert "rencontrer" not in seen, "nobody who leads learns of it"
    press(lead, "follow-up", "button[value=declined]")

    coordinator.page.reload()
    press(coordinator, "step-act", "button[value=done]")
    for name, state in (("Maxence", "offered"), ("Ariel", "talked")):
        follow(coordinator.page.locator("main li", has_text=name).locator(f"button[name=to][value={state}]"))
        coordinator.check()
    open_more(coordinator, "close")
    coordinator.page.locator("input[name=close-changes][value=forming]").check()
    coordinator.page.locator("textarea[name=close-words]").fill("Ask about workplaces before a group is formed.")
    press(coordinator, "close")
    expect(coordinator.page.locator("form[action$='/reopen/']")).to_be_visible()

    sign_in_team(supervisor, "supervisor", front="*/care/")
    supervisor.open("care/matters/review/?year=2026")  # the year in which it happened
    expect(supervisor.page.locator("td", has_text="Ask about workplaces")).to_be_visible()
    assert "Maxence" not in supervisor.page.locator("main").inner_text()

    both_languages(lead, "lead/matters/", "lead/matters/report/", f"lead/matters/{incident}/", "lead/me/")
    both_languages(coordinator, "desk/matters/", "desk/matters/report/", f"desk/matters/{incident}/", "desk/")
    both_languages(supervisor, "care/matters/", "care/matters/review/", f"care/matters/{incident}/", "care/")
    assert lead.faults + coordinator.faults + supervisor.faults == []
