"""The whole way through once, in each language, on real parts: from the public form to a protected figure.

Somebody applies on a phone, a coordinator meets and accepts them, a formal group is formed and established, its ten
sessions are planned, a discreet reminder arrives, attendance is taken, an analyst reads protected figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import ZONE, apply, clear_of_midnight, fill, follow, sign_in_participant, sign_in_team, submit
from tests.e2e.stack import Stack

# Words that would tell a stranger who reads along what this is about.
TELLING = re.compile(
    r"peer|pair|support|soutien|trauma|sexu|militar|militaire|program|abus|violence|survi|group|session|séance", re.I
)


@dataclass(frozen=True)
class Cast:
    """Who plays: language, province of the applicant, accounts of the team."""

    language: str
    province: str
    coordinator: str
    supporter: str

    @property
    def email(self) -> str:
        return f"zoe.way.{self.language}@example.org"


CASTS = [
    pytest.param(Cast("fr", "QC", "coordinator.qc", "way.fr"), id="fr"),
    pytest.param(Cast("en", "ON", "coordinator.on", "way.en"), id="en"),
]
NAME = "Zoé-Canari"
LEAD = "Noor Tremblant"


# Whoever leads has a story of this one only: others leave pauses, hours and plans behind.
READY = """
from psp.accounts.services import enrol_totp
from psp.demo.accounts import PASSWORD, TOTP_SECRET
from psp.models import User
from tests import factories as make
if not User.objects.filter(username={username!r}).exists():
    lead = make.ready_to_lead(make.a_newcomer(username={username!r}, name={name!r}, password=PASSWORD))
    enrol_totp(lead, TOTP_SECRET)
    make.room_to_lead(lead)
    # Nobody waits longer than these three, and nothing stands in their calendars at whatever hour this runs.
    for _number in range(3):
        make.a_waiting_person({province!r}, language={language!r}, waited=900)
"""


@pytest.mark.parametrize("cast", CASTS)
def test_whole_way(cast, visitor, site):
    site.run(READY.format(username=cast.supporter, name=LEAD, province=cast.province, language=cast.language))
    person = visitor(cast.language, phone=True)
    apply(person, name=NAME, email=cast.email, province=cast.province)
    received = site.wait_for_message(cast.email)
    assert_neutral(received)

    coordinator = visitor(cast.language)
    sign_in_team(coordinator, cast.coordinator)
    meet_and_accept(coordinator, cast.email)
    group_path = form_and_establish(coordinator, cast)
    plan_sessions(coordinator, group_path)
    reminder = site.wait_for_message(cast.email, matching=clock_of_session(coordinator), seconds=150)
    assert_neutral(reminder)

    sign_in_participant(person, cast.email)
    assert person.page.get_by_text(re.compile("Mardi soir|Tuesday evening")).count()

    lead = visitor(cast.language, phone=True)
    sign_in_team(lead, cast.supporter)
    take_attendance(lead, forbidden=[cast.email, "+1", "Canada"])

    analyst = visitor(cast.language)
    sign_in_team(analyst, "analyst")
    read_protected_figures(analyst)

    assert not [message for message in site.messages(cast.email) if TELLING.search(everything(message))]
    assert [fault for who in (person, coordinator, lead, analyst) for fault in who.faults + who.strangers] == []
    assert site.manage("verify_audit").startswith("The chain holds")
    assert_nothing_leaked(site, [NAME, cast.email, cast.email.split("@")[0]])


def assert_nothing_leaked(site: Stack, canaries: list[str]) -> None:
    """`security.md` 21 and 23: after all this, neither a backup of the main database nor any log names the person."""
    logs = {path.name: path.read_text(errors="replace") for path in site.folder.glob("*.log")}
    places = {"backup": site.dump()} | logs
    assert "INSERT INTO public.audit_entry" in places["backup"]
    found = [(name, canary) for name, text in places.items() for canary in canaries if canary.lower() in text.lower()]
    assert found == []


def everything(message) -> str:
    """All that a stranger sees of a message: headers and text, without the addresses that hold our own names."""
    headers = "\n".join(f"{name}: {value}" for name, value in message.items() if not name.startswith("X-Envelope"))
    return headers + "\n" + message.get_content()


def assert_neutral(message) -> None:
    assert not TELLING.search(everything(message)), everything(message)


def meet_and_accept(coordinator: Visitor, email: str) -> None:
    """Find the person by address, set the meeting for tomorrow, accept for a formal group."""
    page = coordinator.page
    coordinator.open("desk/")
    page.locator("form[role=search] input[name=text]").fill(email)
    follow(page.locator("form[role=search] button[type=submit]"))
    page.wait_for_url("**/desk/people/*/")
    coordinator.check()
    assert email not in page.url
    follow(page.locator("a[href$='/meeting/']"))
    tomorrow = datetime.now(ZONE) + timedelta(days=1)
    fill(page, day=tomorrow.date().isoformat(), at="05:30" if coordinator.language == "fr" else "07:00")
    coordinator.check()
    submit(page)
    page.wait_for_url("**/desk/people/*/")
    coordinator.check()
    follow(page.locator("a[href$='/accept/']"))
    page.locator("input[name=services][value=formal]").check()
    coordinator.check()
    submit(page)
    page.wait_for_url("**/desk/people/*/")
    coordinator.check()


def soon() -> datetime:
    """A little later today, for a session whose reminder is due and whose attendance may be taken."""
    clear_of_midnight(6)
    return datetime.now(ZONE) + timedelta(minutes=5)


def form_and_establish(coordinator: Visitor, cast: Cast) -> str:
    """A formal group of four, the longest waiting and Zoé among them; its path on the desk."""
    page, start = coordinator.page, soon()
    coordinator.start = start
    coordinator.open("desk/groups/new/")
    page.locator("select[name=kind]").select_option("formal")
    page.locator("select[name=region]").select_option(cast.province)
    page.locator("select[name=language]").select_option(cast.language)
    page.locator("select[name=modality]").select_option("virtual")
    page.locator("select[name=time_zone]").select_option("America/Toronto")
    fill(page, name_en="Tuesday evening", name_fr="Mardi soir", starts_on=start.date().isoformat(),
         start_time=start.strftime("%H:%M"))  # fmt: skip
    submit(page)
    page.wait_for_url(re.compile(r"/desk/groups/[0-9a-f-]{36}/$"))
    coordinator.check()
    path = page.url.split(f"/{cast.language}/", 1)[1]
    give_places(coordinator, path)
    coordinator.open(path)
    follow(page.locator("section[aria-labelledby=leads] a[href$='#leads']"))
    coordinator.check()
    page.locator("select[name=user]").select_option(label=lead_option(page))
    page.locator("select[name=role]").select_option("facilitator")
    follow(page.locator("section[aria-labelledby=leads] details button:not([formaction])"))
    coordinator.check()
    follow(page.locator("a[href$='/establish/']"))
    coordinator.check()
    submit(page)
    page.wait_for_url(f"**/{path}")
    coordinator.check()
    return path


def lead_option(page) -> str:
    labels = page.locator("select[name=user] option").all_inner_texts()
    return next(label for label in labels if LEAD in label)


def give_places(coordinator: Visitor, path: str) -> None:
    """Three who have waited longest, then Zoé, who came last and may stand on the last page."""
    page = coordinator.page
    coordinator.open(f"{path}people/")
    give = page.locator("form[action$='/people/'] button:not([formaction])")
    for _number in range(3):
        follow(give.filter(has_not_text=NAME).first)
        coordinator.check()
    while give.filter(has_text=NAME).count() == 0:
        follow(page.locator(".pager a[rel=next]"))
        coordinator.check()
    follow(give.filter(has_text=NAME))
    coordinator.check()


def plan_sessions(coordinator: Visitor, path: str) -> None:
    """Look at the ten dates, then save them."""
    page = coordinator.page
    coordinator.open(f"{path}schedule/")
    # Days on which the program is closed stand among them, without a tick.
    assert page.locator("main tbody [name=meets]:checked").count() == 10
    submit(page)
    coordinator.check()
    assert page.locator("main tbody time").count() == 10
    first = datetime.fromisoformat(str(page.locator("main tbody time").first.get_attribute("datetime")))
    if first.astimezone(ZONE).date() != coordinator.start.date():  # today is a statutory holiday: hold it all the same
        follow(page.locator("main tbody a[data-row-link]").first)
        form = page.locator("main form[action$='/move/']")
        form.locator("input[name=day]").fill(coordinator.start.date().isoformat())
        form.locator("input[name=starts_at]").fill(coordinator.start.strftime("%H:%M"))
        follow(form.locator("button[type=submit]"))
        coordinator.check()


def clock_of_session(coordinator: Visitor) -> str:
    """How the reminder says the time of the first session: 19 h 05 or 7:05."""
    start = coordinator.start
    if coordinator.language == "fr":
        return rf"{start.hour}\s*h" + (rf"\s*{start.minute:02d}" if start.minute else "")
    return rf"{(start.hour - 1) % 12 + 1}:{start.minute:02d}"


def take_attendance(lead: Visitor, *, forbidden: list[str]) -> None:
    """On a phone: open the session, say who was there, save. Nothing but chosen names is on the page."""
    page = lead.page
    lead.open("lead/")
    expect(page.get_by_text(re.compile("Mardi soir|Tuesday evening")).first).to_be_visible()
    follow(page.locator("main a[href*='/lead/sessions/']").first)
    lead.check()
    text = page.content()
    assert NAME in text
    assert not [word for word in forbidden if word in text]
    for choice in page.locator("input[type=radio][value=present]").all():
        choice.check()
    submit(page)
    page.wait_for_url("**/thanks/")
    lead.check()


def read_protected_figures(analyst: Visitor) -> None:
    """No small count is on the page, and the file that can be downloaded says the same."""
    page = analyst.page
    analyst.open("reports/")
    # What nobody looked at before is counted by the worker; the page looks again by itself.
    expect(page.locator("main td.num").first).to_be_visible(timeout=240_000)
    cells = page.locator("main td.num").all_inner_texts()
    assert cells
    small = [cell for cell in cells if cell.strip().isdigit() and 0 < int(cell) < 10]
    assert small == []
    with page.expect_download() as download:
        page.locator("a[href*='table.csv']").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 2
    assert not re.search(r"(^|[,;])[1-9]($|[,;])", "\n".join(line.split(",", 1)[-1] for line in lines[1:]), re.M)
    for place in ("desk/", "lead/", "privacy/"):
        assert page.goto(f"{analyst.site.url}/{analyst.language}/{place}").status in (403, 404)
