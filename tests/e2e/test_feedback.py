"""After a session: a code from one’s own page, answers without a name, questions with one, in both languages."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.figures import NEXT_QUARTER, a_year_of_figures
from tests.e2e.people import follow, sign_in_participant, sign_in_team, submit

WORLD = """
from datetime import timedelta
from django.utils import timezone
from contact.services import set_safe_contact
from psp.models import User
from sessions.models import GroupSession
from tests import factories as make
from tests.feedback import a_held_session
by = User.objects.get(username="coordinator.qc")
over, coming = make.a_group(by, name_en="Mondays", name_fr="Les lundis"), make.a_group(by, kind="informal")
people = [
    make.an_accepted_participant("QC", by=by, services=("formal", "informal"), language=language,
                                 email=f"feedback.{language}@example.org",
                                 consents=("taking_part", "contact_email", "evaluation"))
    for language in ("fr", "en")
]
for one in people:
    set_safe_contact(person=one.user, by=one.user, email_safe=True, language=one.user.language)
    make.add_member(group=coming, participant=one, by=by)
a_held_session(by, people, group=over)
for number in (1, 2):
    at = timezone.now() + timedelta(days=7 * number)
    GroupSession.objects.create(group=coming, number=number, starts_at=at, ends_at=at + timedelta(hours=1))
"""
SLIP = re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){5}$")


def test_feedback_without_a_name_and_questions_with_one(visitor, site):
    """One person answers at once on a phone in French, the other in English on another device, where nobody is."""
    site.run(WORLD)
    first = visitor("fr", phone=True)
    sign_in_participant(first, "feedback.fr@example.org")
    take_slip(first)
    follow(first.page.locator("main form[action='/fr/feedback/'] button"))
    first.page.wait_for_url("**/fr/feedback/")
    answer(first)
    answer_before(first)

    second, elsewhere = visitor("en"), visitor("en", phone=True)
    sign_in_participant(second, "feedback.en@example.org")
    slip = take_slip(second)
    type_slip(elsewhere, slip.lower().replace("-", " "))
    answer(elsewhere)
    assert elsewhere.context.cookies() == []
    type_slip(elsewhere, slip)
    expect(elsewhere.page.locator("main input[type=radio]")).to_have_count(0)
    elsewhere.check()
    type_slip(elsewhere, "0000")
    expect(elsewhere.page.locator("[data-error-summary]")).to_be_visible()
    elsewhere.check()
    answer_before(second)

    a_year_of_figures(site)
    desk = visitor("fr")
    sign_in_team(desk, "coordinator.qc")
    desk.open(f"reports/answers/?period={NEXT_QUARTER}")
    # Counted by the worker, where no story before looked at that quarter.
    expect(desk.page.locator("#feedback-1 + p")).to_contain_text("32", timeout=120_000)
    everybody = (first, second, elsewhere, desk)
    assert [fault for who in everybody for fault in who.faults + who.strangers] == []


def take_slip(person) -> str:
    follow(person.page.locator("main a[href$='/feedback/']").first, "Enter")
    person.page.wait_for_url("**/my/sessions/*/feedback/")
    person.check()
    submit(person.page)
    code = person.page.locator("main .code-shown")
    expect(code).to_have_text(SLIP)
    person.check()
    return code.inner_text().strip()


def type_slip(anybody, slip: str) -> None:
    anybody.open("feedback/")
    anybody.page.locator("main input[name=code]").fill(slip)
    follow(anybody.page.locator("main input[name=code]"), "Enter")


def answer(anybody) -> None:
    """With the keyboard: the first answer, the third by arrows; the others are left open."""
    page = anybody.page
    anybody.check()
    page.locator("input[name=q_safe]").first.press("Space")
    page.locator("input[name=q_heard]").first.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=q_heard]").nth(2)).to_be_checked()
    follow(page.locator("main button[name=send]"), "Enter")
    page.wait_for_url("**/feedback/thanks/")
    anybody.check()


def answer_before(person) -> None:
    page = person.page
    person.open("my/sessions/")
    follow(page.locator("main a[href$='/questions/before/']"))
    page.wait_for_url("**/questions/before/")
    person.check()
    page.locator("input[name=q_alone][value='4']").check()
    follow(page.locator("main button[name=later]"))
    page.wait_for_url("**/my/sessions/")
    person.check()
    follow(page.locator("main a[href$='/questions/before/']"))
    expect(page.locator("input[name=q_alone][value='4']")).to_be_checked()
    person.check()
    page.locator("input[name=q_help][value=yes]").check()
    follow(page.locator("main button[name=send]"))
    page.wait_for_url("**/my/sessions/")
    person.check()
