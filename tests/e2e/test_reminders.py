"""Somebody chooses their reminders on a phone, so does who leads, and the desk sees to one that did not arrive."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from tests.e2e.people import follow, sign_in_participant, sign_in_team, submit
from tests.e2e.test_accounts import enter

# A session of the near future that nobody was reminded of, because the mail server did not take it.
REFUSED = """
from datetime import timedelta
from django.utils import timezone
from contact.services import set_safe_contact
from groups.services import add_member
from psp.models import User
from sessions.models import GroupSession
from tests.factories import a_failed_reminder, a_group, agree, an_accepted_participant
by = User.objects.get(username="coordinator.qc")
participant = an_accepted_participant("QC", services=["informal"], by=by)
user = participant.user
for purpose in ("contact_email", "contact_phone"):
    agree(user, purpose)
set_safe_contact(person=user, by=user, email_safe=True, call_safe=True, phone="613 555 0142")
group = a_group(by, kind="informal")
add_member(group=group, participant=participant, by=by)
begins = timezone.now() + timedelta(hours=23)
session = GroupSession.objects.create(group=group, number=1, starts_at=begins, ends_at=begins + timedelta(hours=1))
message = a_failed_reminder(user, session=session.pk, context={
    "at": session.starts_at.isoformat(), "session": str(session.pk), "revision": "0"}, useful_until=begins)
print(user.sealed_email, participant.reference, session.pk)
"""


def test_reminders_are_chosen_and_one_that_failed_is_sent_again(visitor, site):
    email, reference, session = site.run(REFUSED).split()
    choose_as_participant(visitor("fr", phone=True), email)
    choose_as_lead(visitor("en", phone=True))
    see_to_it(visitor("fr"), reference, session)


def choose_as_participant(person, email: str) -> None:
    sign_in_participant(person, email)
    person.open("my/contact/")
    follow(person.page.locator("main a[href$='/my/reminders/']"))
    page = person.page
    box = page.get_by_role("group", name="Séances d’un groupe officiel").get_by_label("2 heures avant")
    box.focus()
    page.keyboard.press("Space")
    submit(page)
    expect(page.get_by_text("Vos rappels sont enregistrés.")).to_be_visible()
    expect(box).to_be_checked()
    person.check()
    person.language = "en"
    person.open("my/reminders/")
    page.locator("input[name=none]").check()
    submit(page)
    expect(page.get_by_text("Your reminders are saved.")).to_be_visible()
    person.check()
    page.locator("input[name=none]").uncheck()
    submit(page)


def choose_as_lead(person) -> None:
    enter(person, "supporter.on")
    person.open("lead/reminders/")
    page = person.page
    page.locator("input[name=email_safe][value=yes]").check()
    submit(page)
    expect(page.get_by_text("Your reminders are saved.")).to_be_visible()
    expect(page.locator("input[name=email_safe][value=yes]")).to_be_checked()
    person.check()
    person.language = "fr"
    person.open("lead/reminders/")
    person.check()


def see_to_it(desk, reference: str, session: str) -> None:
    sign_in_team(desk, "coordinator.qc")
    desk.open("desk/reminders/")
    page, row = desk.page, desk.page.get_by_role("row").filter(has_text=reference)
    desk.check()
    follow(row.get_by_role("button", name="Renvoyer"))
    deadline = time.monotonic() + 150
    while row.get_by_text("Envoyé", exact=True).count() == 0:
        assert time.monotonic() < deadline, "it was not sent"
        time.sleep(1)
        desk.open("desk/reminders/")
    expect(row.get_by_role("button", name="Renvoyer")).to_have_count(0)
    desk.open(f"desk/sessions/{session}/")
    expect(row.get_by_text("Envoyé", exact=True)).to_be_visible()
    desk.check()
    desk.language = "en"
    desk.open("desk/reminders/?state=sent&days=14")
    page.set_viewport_size({"width": 360, "height": 740})
    desk.check()
    follow(row.get_by_role("button", name="Tell by phone"))
    expect(page.get_by_text("A coordinator wants to be sure")).to_be_visible()
