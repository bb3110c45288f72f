"""Parts of desk pages that htmx puts in place: from the same address, with the same log, and never without the page."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from django.urls import reverse

from contact.models import CallTask, OutboxMessage
from psp.audit.models import Entry
from tests import factories as make
from tests.browser import Browser

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def desk(coordinator):
    browser = Browser()
    make.sign_in(browser, coordinator)
    return browser


def part(answer) -> str:
    text = answer.content.decode()
    assert answer["X-Fragment"] == "1"
    assert "HX-Request" in answer["Vary"]
    assert "<html" not in text
    return text


def test_list_is_the_same_as_a_page_and_as_a_part(desk):
    french = make.an_application(make.a_participant("QC", name="Ici", language="fr"), services=("activity",))
    make.an_application(make.a_participant("QC", name="Elsewhere", language="en"))
    address = reverse("desk:applications") + "?language=fr"
    whole, alone = desk.get(address), part(desk.get(address, headers=HTMX))
    assert "HX-Request" in whole["Vary"]
    rows = re.compile(r"<tbody>.*</tbody>", re.S)
    assert rows.findall(alone) == rows.findall(whole.content.decode()) != []
    assert french.participant.reference in alone
    assert "Elsewhere" not in alone
    assert 'data-news="1 application, the longest waiting first"' in alone


def test_property_04_a_part_leaves_one_access_row_for_each_person_it_shows(desk, coordinator):
    people = [make.an_application(make.a_participant("QC")).person_id for _number in range(3)]
    desk.get(reverse("desk:applications"), headers=HTMX)
    rows = Entry.objects.filter(actor=coordinator.pk, action="read", model="intake.application")
    assert Counter(rows.values_list("person", flat=True)) == Counter(people)


def test_back_button_gets_the_whole_page(desk):
    answer = desk.get(reverse("desk:applications"), headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "X-Fragment" not in answer
    assert "<html" in answer.content.decode()


def test_whoever_is_signed_out_meanwhile_gets_no_part():
    answer = Browser().get(reverse("desk:applications"), headers=HTMX)
    assert answer.status_code == 302
    assert "X-Fragment" not in answer


def test_how_a_call_ended_is_noted_in_place_and_the_next_one_offered(desk):
    task, other = (make.a_call(make.a_participant("QC").user) for _number in range(2))
    address = reverse("desk:call", args=[task.pk])
    wrong = part(desk.post(address, {}, headers=HTMX))
    assert 'id="call-outcome"' in wrong
    assert "<form" in wrong
    done = part(desk.post(address, {"outcome": "reached"}, headers=HTMX))
    assert 'data-news="Noted. Thank you."' in done
    assert reverse("desk:call", args=[other.pk]) in done
    assert CallTask.objects.get(pk=task.pk).state == "reached"
    # Somebody who was slower hears it, in place too.
    late = part(desk.post(address, {"outcome": "closed"}, headers=HTMX))
    assert "Somebody has dealt with this already." in late
    # Nothing of it is left for the next page to say again.
    assert "Noted. Thank you." not in desk.get(reverse("desk:calls")).content.decode()


def test_message_is_dealt_with_in_place(desk):
    message = make.a_failed_message(make.a_participant("QC").user)
    done = part(desk.post(reverse("desk:message_dealt", args=[message.pk]), headers=HTMX))
    assert done.lstrip().startswith("<tr data-news=")
    assert message.person.participant.reference in done
    assert OutboxMessage.objects.get(pk=message.pk).dealt_with_at is not None


def test_every_action_in_place_works_without_scripts(desk):
    message, task = make.a_failed_message(make.a_participant("QC").user), make.a_call(make.a_participant("QC").user)
    assert desk.post(reverse("desk:message_dealt", args=[message.pk])).status_code == 302
    assert desk.post(reverse("desk:call", args=[task.pk]), {"outcome": "reached"}).status_code == 302
    page = desk.get(reverse("desk:applications")).content.decode()
    form = page[page.index("hx-get") - 200 : page.index("</form>", page.index("hx-get"))]
    assert 'method="get"' in form
    assert 'type="submit"' in form


def test_property_15_htmx_keeps_no_page_in_the_browser_and_evaluates_nothing(desk):
    page = desk.get(reverse("desk:today")).content.decode()
    config = json.loads(re.findall(r"name=\"htmx-config\"\s+content='([^']+)'", page)[0])
    assert config == {
        "includeIndicatorStyles": False, "allowEval": False, "allowScriptTags": False, "selfRequestsOnly": True,
        "historyCacheSize": 0, "refreshOnHistoryMiss": True,
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/en/", "/en/intake/", "/en/my/", "/accounts/login/"])
def test_pages_of_other_people_carry_no_htmx(path):
    browser = Browser()
    if "/my/" in path:
        make.sign_in(browser, make.a_participant("QC").user)
    assert "htmx" not in browser.get(path).content.decode()
