"""A few lines for the reports: agreed to, written on a phone, read as they would be printed, published, taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import fill, follow, sign_in_participant, sign_in_team, submit

WORLD = """
from contact.services import set_safe_contact
from psp.models import User
from tests import factories as make
from tests.stories import a_waiting_report
by = User.objects.get(username="coordinator.qc")
one = make.an_accepted_participant("QC", by=by, language="{language}", email="story.{language}@example.org",
                                   consents=("taking_part", "contact_email"))
set_safe_contact(person=one.user, by=one.user, email_safe=True, language="{language}")
a_waiting_report(User.objects.get(username="analyst"), period="{period}")
"""
APPROVE = """
from reporting.models import Release
from reporting.releases.services import approve
from psp.models import User
release = Release.objects.get(period="{period}")
approve(release=release, by=User.objects.get(username="privacy"), seen=release.digest)
"""
GONE = """
from reporting.models import ReleasedStory, Story
assert not Story.objects.filter(person__email="story.{language}@example.org").exists()
assert ReleasedStory.objects.get(release__period="{period}").story_id is None
"""
WORDS = {
    "fr": ("Avec Camille, à Valcartier, j’ai ri de nouveau.", "J’ai ri de nouveau."),
    "en": ("With Camille, at Petawawa, I laughed again.", "I laughed again."),
}


@pytest.mark.parametrize(("language", "period"), [("fr", "2021"), ("en", "2022")])
def test_story_is_written_agreed_to_published_and_taken_back(visitor, site, language, period):
    """The person in one language on a phone; nobody else ever sees the longer words but the coordinator."""
    site.run(WORLD.format(language=language, period=period))
    long, short = WORDS[language]
    person, desk, office = visitor(language, phone=True), visitor(language), visitor(language)
    sign_in_participant(person, f"story.{language}@example.org")
    agree_and_write(person, long)

    sign_in_team(desk, "coordinator.qc")
    desk.open("desk/words/")
    follow(desk.page.locator("main table a").last)
    desk.check()
    expect(desk.page.locator("main")).to_contain_text(long)
    fill(desk.page, wording=short)
    submit(desk.page)
    desk.page.wait_for_url("**/desk/words/")
    desk.check()

    say_yes(person, short)
    sign_in_team(office, "analyst")
    office.open("reports/words/")
    article = office.page.locator("main div.card-plain.stack", has_text=short)
    expect(office.page.locator("main")).not_to_contain_text("Camille")
    follow(article.locator(f"button:has-text('{period}')"))
    office.page.wait_for_url("**/reports/words/")
    office.check()
    site.run(APPROVE.format(period=period))

    take_back(person, short, period)
    site.run(GONE.format(language=language, period=period))
    office.open("reports/words/")
    expect(office.page.locator("main section[aria-labelledby=may]")).not_to_contain_text(short)
    expect(office.page.locator("main section[aria-labelledby=published]")).to_contain_text(short)
    assert [fault for who in (person, desk, office) for fault in who.faults + who.strangers] == []


def agree_and_write(person: Visitor, words: str) -> None:
    person.open("my/words/")
    expect(person.page.locator("main textarea")).to_have_count(0)
    follow(person.page.locator("main a[href$='/consents/story/sign/']"))
    person.check()
    for box in person.page.locator("main form input[type=checkbox]").all():
        box.check()
    fill(person.page, typed_name="Camille")
    submit(person.page)
    person.page.wait_for_url("**/my/consents/")
    person.open("my/words/")
    submit(person.page)
    expect(person.page.locator("main [aria-invalid=true]")).to_have_count(1)
    person.check()
    fill(person.page, text=words)
    follow(person.page.locator("main button[name=later]"))
    expect(person.page.locator("main section[aria-labelledby=state]")).to_contain_text("Camille, ")
    person.check()
    follow(person.page.locator("main button[name=offer]"))
    expect(person.page.locator("main section[aria-labelledby=state] blockquote")).to_contain_text(words)
    person.check()


def say_yes(person: Visitor, words: str) -> None:
    """Exactly what would be printed, in the language in which it would be."""
    person.open("my/words/")
    proposed = person.page.locator("main section[aria-labelledby=state] blockquote")
    expect(proposed).to_have_text(words)
    assert proposed.get_attribute("lang") == person.language
    follow(person.page.locator("main button[name=yes]"))
    expect(person.page.locator("main button[name=yes]")).to_have_count(0)
    person.check()


def take_back(person: Visitor, words: str, period: str) -> None:
    """Where it is printed already is said; the consent goes, and the words with it."""
    person.open("my/words/")
    expect(person.page.locator("main section[aria-labelledby=state]")).to_contain_text(words)
    expect(person.page.locator("main section[aria-labelledby=state]")).to_contain_text(period)
    follow(person.page.locator("main a[href$='/consents/story/withdraw/']"))
    person.check()
    follow(person.page.locator("main form button.btn-danger"))
    person.page.wait_for_url("**/my/consents/story/withdrawn/")
    person.check()
    person.open("my/words/")
    expect(person.page.locator("main")).not_to_contain_text(words)
