"""Every choice of safe contact, made by a person in a browser, and what is then sent, called or left alone.

Real parts throughout: the worker sends, the demo's mailbox shows what went out, the desk shows whom to call.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from tests.e2e.people import follow, sign_in_participant, sign_in_team, submit

CONSENTS = ("taking_part", "contact_email", "contact_sms", "contact_phone", "contact_post")
SOMEBODY = """
from contact.services import set_safe_contact
from tests.factories import a_participant
names = {{"username": {name!r}, "name": {name!r}}}
user = a_participant(email={email!r}, language={language!r}, consents={consents!r}, **names).user
set_safe_contact(person=user, by=user, email_safe=True, language={language!r})
"""
# One message now; what became of it, and by which way.
SEND = """
from datetime import timedelta
from uuid import uuid4
from django.utils.timezone import now
from contact.models import OutboxMessage
from contact.services import queue_message
from psp.models import User
user = next(one for one in User.objects.filter(kind="participant") if one.sealed_email == {email!r})
made = queue_message(person=user, template="decision_ready", key="story|" + str(uuid4()), context={{}}, due_at=now(),
                     useful_until=now() + timedelta(days=8))
print(made.pk)
"""
OUTCOME = """
from contact.models import OutboxMessage
found = OutboxMessage.objects.get(pk={pk!r})
print(found.state, found.channel, found.reason or "-")
"""
# Of this story alone: text messages are counted by it.
PHONES = {"en": "613 555 0163", "fr": "613 555 0164"}
NO = {
    "email_safe": "no", "explicit_texts": "no", "sms_safe": "no", "call_safe": "no", "voicemail_safe": "no",
    "post_safe": "no", "mode": "any", "first_choice": "email",
}  # fmt: skip
# What the person answers, and what becomes of the next message: state, way, reason.
STORY = [
    ({"email_safe": "yes"}, "sent email -"),
    ({"email_safe": "yes", "explicit_texts": "yes"}, "sent email -"),
    ({"sms_safe": "yes", "first_choice": "sms"}, "sent sms -"),
    ({"email_safe": "yes", "sms_safe": "yes", "first_choice": "sms"}, "sent sms -"),
    ({"call_safe": "yes", "voicemail_safe": "yes", "first_choice": "phone"}, "to_call phone by_phone"),
    ({"post_safe": "yes", "first_choice": "post"}, "to_call post by_post"),
    ({}, "withheld email channel_not_safe"),
    ({"email_safe": "yes", "do_not_contact": True}, "withheld email do_not_contact"),
]


def choose(person, answers: dict) -> None:
    """Fill in the form of the portal as a person does, and save it."""
    person.open("my/contact/change/")
    page = person.page
    for name, value in (NO | answers).items():
        if name == "do_not_contact":
            continue
        page.locator(f"input[name={name}][value={value}]").check()
    page.locator("input[name=do_not_contact]").set_checked(bool(answers.get("do_not_contact")))
    page.locator("input[name=phone]").fill(PHONES[person.language])
    page.locator("textarea[name=address]").fill("12 Quiet Lane" if answers.get("post_safe") else "")
    submit(page)
    page.wait_for_url("**/my/contact/")
    person.check()


def what_happens(site, email: str) -> str:
    """Queue one message and wait until the worker has dealt with it."""
    pk = site.run(SEND.format(email=email))
    return outcome(site, pk, until=lambda found: found.split()[0] not in ("waiting", "sending"))


def outcome(site, pk: str, *, until: Callable[[str], bool]) -> str:
    """What became of a message, once it is so."""
    deadline = time.monotonic() + 150
    while not until(found := str(site.run(OUTCOME.format(pk=pk)))):
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
    return found


def received(site, email: str, phone: str) -> int:
    """How many messages came to this person so far, by e-mail or as a text; others may get theirs meanwhile."""
    ends = (email, re.sub(r"\D", "", phone))
    return sum(str(one["X-Envelope-To"]).endswith(ends) for one in site.messages())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_choice_and_what_is_then_sent_or_called(language, visitor, site):
    email, name = f"safe.{language}@example.org", f"Walker{language}"
    site.run(SOMEBODY.format(email=email, language=language, name=name, consents=CONSENTS) + "\nprint('made')")
    person = visitor(language, phone=True)
    sign_in_participant(person, email)
    for answers, expected in STORY:
        choose(person, answers)
        before = received(site, email, PHONES[language])
        assert what_happens(site, email) == expected, answers
        assert received(site, email, PHONES[language]) - before == expected.startswith("sent"), answers
    hours_and_date(person, site, email)
    person.open("my/messages/")
    telling = "Peer Support" if language == "en" else "soutien par les pairs"
    assert person.page.content().count(telling) == 1, "only the e-mail of the choice to read what it is about"
    the_call(visitor(language), name)


def hours_and_date(person, site, email: str) -> None:
    """Another day only: it waits. A day that has passed: nothing, until one click confirms."""
    page = person.page
    choose(person, {"email_safe": "yes"})
    person.open("my/contact/change/")
    page.locator("input[name=mode][value=own]").check()
    day = (int(page.evaluate("new Date().getDay()")) + 2) % 7  # Sunday is 0 there and 6 here: three days from now
    page.locator("details:has(input[name=from_0_0]) > summary").first.click()
    page.locator(f"input[name=from_{day}_0]").fill("09:00")
    page.locator(f"input[name=until_{day}_0]").fill("12:30")
    person.check()
    submit(page)
    page.wait_for_url("**/my/contact/")
    pk = site.run(SEND.format(email=email))
    assert outcome(site, pk, until=lambda found: not found.endswith(" -")) == "waiting email outside_hours"
    choose(person, {"email_safe": "yes"})
    site.run(PASSED.format(email=email))
    assert what_happens(site, email) == "withheld email recheck_passed"
    person.open("my/contact/confirm/")
    submit(page)
    page.wait_for_url("**/my/contact/")
    assert what_happens(site, email) == "sent email -"


PASSED = """
from datetime import timedelta
from django.utils import timezone
from contact.models import SafeContact
user = next(one.person for one in SafeContact.objects.select_related("person") if one.person.sealed_email == {email!r})
SafeContact.objects.filter(person=user).update(recheck_on=timezone.localdate() - timedelta(days=2))
print("passed")
"""


def the_call(coordinator, name: str) -> None:
    """The desk lists what nobody was told; nothing may be used now but what the person chose last."""
    sign_in_team(coordinator, "coordinator.qc")
    coordinator.open("desk/calls/")
    follow(coordinator.page.locator("table a", has_text=name).first)
    coordinator.check()
    assert coordinator.page.locator("a[href^='tel:']").count() == 0, "the person's last choice is e-mail alone"
    coordinator.page.locator("input[name=outcome][value=closed]").check()
    coordinator.page.locator("#call-outcome button[type=submit]").click()  # noted in its place: no other page comes
    coordinator.page.locator("#call-outcome [data-focus]").wait_for()
    coordinator.check()
    coordinator.open("desk/rechecks/")
