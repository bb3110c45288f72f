"""Crisis lines are a program setting: kept by administrators, open or closed by their own clock, never missing."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from psp import crisis
from psp.audit.choices import Action
from psp.audit.models import Entry
from psp.choices import Role
from psp.content import load
from psp.models import CrisisLine
from psp.models_crisis import number_link
from tests.factories import a_coordinator, a_user, sign_in, with_role

pytestmark = pytest.mark.django_db
WORKDAYS = [[day, 8 * 60, 16 * 60] for day in range(5)]


@pytest.fixture
def office(client):
    """A client in which an administrator is signed in; `client.me` is their account."""
    client.me = with_role(a_user(), Role.ADMINISTRATOR)
    sign_in(client, client.me)
    return client


def line_form(**changes: str) -> dict[str, str]:
    days = {f"day_{number}": "8:00-16:00" for number in range(5)}
    return {
        "code": "night_line", "active": "on", "order": "5", "name_en": "Night line", "name_fr": "Ligne de nuit",
        "what_en": "Somebody listens.", "what_fr": "Quelqu’un écoute.", "phone": "1-800-555-0199",
        "time_zone": "America/St_Johns", "regions": "NL", **days, **changes,
    }  # fmt: skip


def help_box(client, language: str = "en") -> str:
    page = client.get(f"/{language}/").content.decode()
    return re.sub(r"[ \n]+", " ", page[page.index('id="help-now"') :])


def test_every_database_begins_with_the_lines_of_the_content_files():
    expected = [item["code"] for item in load("crisis_lines")["lines"]]
    assert list(CrisisLine.objects.values_list("code", flat=True)) == expected


@pytest.mark.parametrize("language", ["en", "fr"])
def test_page_shows_every_line_with_numbers_to_tap(client, language):
    box = help_box(client, language)
    for item in load("crisis_lines")["lines"]:
        assert item[f"name_{language}"] in box
        for number in item["numbers"]:
            assert f'href="{number["href"]}"' in box


def test_administrator_adds_a_line_with_history_and_audit(office):
    assert office.post("/admin/psp/crisisline/add/", line_form()).status_code == 302
    made = CrisisLine.objects.get(pk="night_line")
    assert made.hours == WORKDAYS
    assert made.regions == ["NL"]
    assert made.history.count() == 1
    noted = Entry.objects.get(model="psp.crisisline")
    assert (noted.action, noted.actor) == (Action.CREATE, office.me.pk)
    box = help_box(office)
    assert box.index("Night line") < box.index("9-1-1"), "in the order that was set"
    assert "Newfoundland and Labrador." in box
    assert "Monday, Tuesday, Wednesday, Thursday, Friday: 8:00 a.m. to 4:00 p.m." in box


def test_administrator_changes_hours_and_the_page_follows_at_once(office):
    address = "/admin/psp/crisisline/night_line/change/"
    office.post("/admin/psp/crisisline/add/", line_form())
    assert 'value="8:00-16:00"' in office.get(address).content.decode()
    days = {f"day_{number}": "" for number in range(7)}
    assert office.post(address, line_form(**days)).status_code == 302
    assert CrisisLine.objects.get(pk="night_line").hours == []
    assert "8:00 a.m. to 4:00 p.m." not in help_box(office)


@pytest.mark.parametrize(
    "wrong",
    [{"day_0": "8-16"}, {"day_0": "16:00-8:00"}, {"phone": "call us"}, {"phone": ""}, {"time_zone": "Mars/Olympus"},
     {"chat_en": "javascript:alert(1)"}, {"chat_en": "http://example.org"}, {"regions": "ZZ"}],
)  # fmt: skip
def test_line_that_nobody_could_use_is_refused_with_a_sentence(office, wrong):
    answer = office.post("/admin/psp/crisisline/add/", line_form(**wrong))
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not CrisisLine.objects.filter(pk="night_line").exists()


def test_line_is_not_deleted_and_nobody_else_keeps_the_list(office, client):
    assert office.post("/admin/psp/crisisline/988/delete/", {"post": "yes"}).status_code == 403
    sign_in(client, a_coordinator())
    assert client.post("/admin/psp/crisisline/add/", line_form()).status_code in (302, 403)
    assert not CrisisLine.objects.filter(pk="night_line").exists()


def test_line_without_any_way_to_reach_it_is_refused_by_the_database():
    with pytest.raises(DatabaseError, match="crisis_line_can_be_reached"):
        CrisisLine.objects.filter(pk="988").update(phone="", sms="")


@pytest.mark.parametrize(
    ("local", "words"),
    [
        ("2026-11-25 07:30", ["Closed now", "Opens at 8:00 a.m. (Newfoundland time)"]),
        ("2026-11-25 08:00", ["Open now"]),
        ("2026-11-27 18:00", ["Closed now", "Opens Monday at 8:00 a.m. (Newfoundland time)"]),
        # The night before clocks go forward.
        ("2026-03-07 23:00", ["Closed now", "Opens Monday at 8:00 a.m. (Newfoundland time)"]),
        ("2026-03-09 08:00", ["Open now"]),
    ],
)
def test_page_says_whether_a_line_answers_now_by_the_clock_of_the_line(client, local, words):
    CrisisLine.objects.exclude(pk="988").update(active=False)
    CrisisLine.objects.filter(pk="988").update(hours=WORKDAYS, time_zone="America/St_Johns")
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("America/St_Johns"))
    with time_machine.travel(moment, tick=False):
        box = help_box(client)
    for word in words:
        assert word in box
    assert ("Open now" in box) == ("Open now" in words)


def test_page_never_comes_without_a_number(client, monkeypatch):
    CrisisLine.objects.update(active=False)
    assert 'href="tel:911"' in help_box(client)
    crisis.forget()

    def broken(*_args, **_kwargs):
        raise DatabaseError("no such table")

    monkeypatch.setattr(CrisisLine.objects, "filter", broken)
    assert 'href="tel:911"' in help_box(client)


def test_lines_are_read_once_for_many_pages():
    with CaptureQueriesContext(connection) as asked:
        for _page in range(20):
            crisis.offered()
    assert sum("psp_crisisline" in query["sql"] for query in asked) == 1


def test_seed_is_laid_once_and_never_over_what_was_changed():
    CrisisLine.objects.filter(pk="988").update(phone="9-8-8-8", active=False)
    crisis.load_lines()
    assert CrisisLine.objects.get(pk="988").phone == "9-8-8-8"


@pytest.mark.parametrize(
    ("number", "link"),
    [("9-1-1", "tel:911"), ("1-844-750-1648", "tel:+18447501648"), ("613-901-6720", "tel:+16139016720"),
     ("+44 20 7946 0000", "tel:+442079460000"), ("686868", "tel:686868"), ("", "")],
)  # fmt: skip
def test_number_becomes_what_a_phone_dials(number, link):
    assert number_link(number) == link


def test_administrator_is_told_what_pages_show_when_nothing_is_offered(office):
    sentence = "Nothing is offered here, so pages show the lines that the program came with"
    assert sentence not in office.get("/admin/psp/crisisline/").content.decode()
    CrisisLine.objects.update(active=False)
    assert sentence in office.get("/admin/psp/crisisline/").content.decode()
