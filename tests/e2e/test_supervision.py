"""Supervision that is late, and how that resolves: seen by both with the same dates, noted on the desk in English, read
on a phone in French. And a talk now, through the open door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import expect

from psp.calendar_text import long_datetime
from tests.e2e.conftest import Visitor
from tests.e2e.people import ZONE, clear_of_midnight, follow, sign_in_team
from tests.e2e.stack import Stack

# Days have passed since the two became a pair: the last meeting in time was three days ago.
LATE = """
from datetime import timedelta
from django.utils import timezone
from psp.models import User
from supporters.models import Pairing, SupervisionMeeting, SupportPlan
from supporters.supervision.services import pair
supporter, supervisor = (User.objects.get(username=name) for name in ("supporter.qc", "supervisor"))
now = Pairing.objects.filter(user=supporter, ended_on=None).first()
if now is None:
    pair(supporter, supervisor, supervisor)
SupervisionMeeting.objects.filter(user=supporter).delete()
SupportPlan.objects.filter(user=supporter).delete()
Pairing.objects.filter(user=supporter).update(since=timezone.localdate() - timedelta(days=17))
print(supporter.pk, supporter.name, sep="|")
"""


def send(visitor: Visitor) -> None:
    follow(visitor.page.locator("main form button.btn-primary").first)
    visitor.check()


def next_talk() -> datetime:
    """Half past ten on a Tuesday in a month or so."""
    now = datetime.now(ZONE)
    then = now.replace(hour=10, minute=30, second=0, microsecond=0)
    return then + timedelta(days=35 + (1 - now.weekday()) % 7)


def said(moment: datetime, language: str) -> str:
    """Without the day of the week and the time zone: 5 January 2027, 10:30 a.m."""
    whole = long_datetime(moment, str(ZONE), language).partition("(")[0].strip()
    return whole.split(", ", 1)[1] if language == "en" else whole.split(" ", 2)[2]


def test_overdue_is_seen_by_both_and_resolves_with_a_meeting(site: Stack, visitor: Callable[..., Visitor]) -> None:
    clear_of_midnight(10)
    key, name = site.run(LATE).strip().split("|")
    supervisor, supporter = visitor("en"), visitor("fr", phone=True)
    sign_in_team(supporter, "supporter.qc")
    supporter.open("lead/supervision/")
    expect(supporter.page.locator("main")).to_contain_text("attendue depuis 3 jours")

    sign_in_team(supervisor, "supervisor", front="*/care/")
    supervisor.open("care/")
    line = supervisor.page.locator(".line-list li", has_text=name).filter(has_text="due 3 days ago")
    expect(line).to_be_visible()
    follow(line.locator(f"a[href$='/care/people/{key}/']"))
    supervisor.check()
    expect(supervisor.page.locator("main")).to_contain_text("due 3 days ago")

    follow(supervisor.page.locator(f"a[href$='/people/{key}/meeting/']"))
    supervisor.check()
    supervisor.page.locator("input[name=minutes]").fill("0")
    send(supervisor)
    expect(supervisor.page.locator(".error-summary")).to_be_visible()
    supervisor.page.locator("input[name=minutes]").fill("45")
    supervisor.page.locator("textarea[name=agreed]").fill("Fridays stay free")
    send(supervisor)
    expect(supervisor.page.locator("main")).to_contain_text("due in 14 days")
    expect(supervisor.page.locator("main")).to_contain_text("Fridays stay free")
    supervisor.open("care/")
    line = supervisor.page.locator(".line-list li", has_text=name).first
    expect(line).not_to_contain_text("due 3 days ago")

    supervisor.open(f"care/people/{key}/next/")
    talk = next_talk()
    supervisor.page.locator("input[name=day]").fill(talk.date().isoformat())
    supervisor.page.locator("input[name=begin]").fill("10:30")
    send(supervisor)
    expect(supervisor.page.locator("main")).to_contain_text(said(talk, "en"))

    supporter.open("lead/supervision/")
    expect(supporter.page.locator("main")).to_contain_text("attendue dans 14 jours")
    expect(supporter.page.locator("main")).to_contain_text("Fridays stay free")
    expect(supporter.page.locator("main")).to_contain_text(said(talk, "fr"))
    follow(supporter.page.locator("a[href*='/supervision/meetings/']").first)
    supporter.check()
    supporter.page.locator("textarea[name=text]").fill("Et je marche le soir")
    send(supporter)
    supervisor.open(f"care/people/{key}/")
    expect(supervisor.page.locator("main")).to_contain_text("Et je marche le soir")


def test_a_talk_through_the_open_door(site: Stack, visitor: Callable[..., Visitor]) -> None:
    site.run(LATE)
    supervisor, supporter = visitor("en"), visitor("fr", phone=True)
    sign_in_team(supervisor, "supervisor", front="*/care/")
    supervisor.open("care/")
    follow(supervisor.page.locator("button[name=hours][value='2']"))
    supervisor.check()

    sign_in_team(supporter, "supporter.qc")
    supporter.open("lead/supervision/talk/")
    expect(supporter.page.locator("main form")).to_contain_text("la porte est ouverte maintenant")
    assert supporter.page.locator("#help-now a[href^='tel:']").count() > 0, "whom to call now"
    send(supporter)
    expect(supporter.page.locator(".callout-success").first).to_be_visible()

    supervisor.open("care/")
    follow(supervisor.page.locator("form[action*='/talks/'][action$='/take/'] button"))
    supervisor.check()
    supporter.open("lead/supervision/talk/")
    expect(supporter.page.locator("main")).to_contain_text("s’en occupe")
    follow(supporter.page.locator("form[action$='/done/'] button"))
    supporter.check()
    supervisor.open("care/")
    assert supervisor.page.locator("form[action*='/talks/']").count() == 0
