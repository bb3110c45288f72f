"""One application from one person, whatever is clicked, and one answer for everybody ([security] 13, 37, 39)."""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from contact.models import OutboxMessage, SafeContact
from intake.choices import ApplicationState
from intake.models import Application, Participant
from intake.services import withdraw_application
from psp.keys.models import DataKey
from psp.models import User
from psp.together import insert_all
from tests.browser import Browser
from tests.forms import GOOD, fill, grown, row_counts, typed
from tests.timing import assert_fits

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def answer_of(response) -> tuple:
    return response.status_code, response["Location"], response.content, sorted(response.headers.keys())


def test_property_37_same_form_sent_twice_is_one_application(client):
    answers = typed(client)
    first, second = (client.post("/en/intake/", answers) for _time in range(2))
    assert answer_of(first) == answer_of(second)
    assert Application.objects.count() == Participant.objects.count() == OutboxMessage.objects.count() == 1


def test_property_37_two_tabs_are_one_application(client):
    for _tab in range(2):
        assert fill(client).status_code == 302
    assert Application.objects.count() == Participant.objects.count() == 1


def test_address_in_other_spelling_is_the_same_person(client):
    fill(client)
    fill(client, email="  CAMILLE@Example.ORG ")
    assert Application.objects.count() == 1


def test_form_sent_again_with_a_mended_address_is_not_lost(client):
    answers = typed(client, email="tpyo@example.org")
    client.post("/en/intake/", answers)
    again = client.post("/en/intake/", answers | {"email": "typo@example.org"})
    assert (again.status_code, again["Location"]) == (302, "/en/intake/sent/")
    assert Application.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_property_37_twenty_clicks_at_once_are_one_application(settings):
    settings.PSP_APPLICATIONS_PER_HOUR = 100
    answers = typed(Browser())
    outcomes = at_once([lambda: Browser().post("/en/intake/", answers) for _click in range(20)])
    assert [response.status_code for response in outcomes] == [302] * 20
    assert {response["Location"] for response in outcomes} == {"/en/intake/sent/"}
    assert Application.objects.count() == Participant.objects.count() == 1
    assert User.objects.filter(kind="participant").count() == OutboxMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_property_37_twenty_tabs_at_once_are_one_application(settings):
    settings.PSP_APPLICATIONS_PER_HOUR = 100
    forms = [typed(Browser()) for _tab in range(20)]
    assert len({form["sent_key"] for form in forms}) == 20
    outcomes = at_once([lambda form=form: Browser().post("/en/intake/", form) for form in forms])
    assert [response.status_code for response in outcomes] == [302] * 20
    assert Application.objects.count() == Participant.objects.count() == 1
    # The one that won, and one word to the owner of the address about all the others.
    assert sorted(OutboxMessage.objects.values_list("template_id", flat=True)) == [
        "already_received", "application_received",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_limit_of_a_network_holds_when_many_send_at_once(settings):
    settings.PSP_APPLICATIONS_PER_HOUR = 5
    forms = [typed(Browser(), email=f"p{number}@example.org") for number in range(12)]
    outcomes = at_once([lambda form=form: Browser().post("/en/intake/", form) for form in forms])
    assert sorted(response.status_code for response in outcomes) == [302] * 5 + [429] * 7
    assert Application.objects.count() == 5


def at_once(works) -> list:
    """Every work in a thread of its own, begun together, each with its own database connections."""
    outcomes, ready = [], threading.Barrier(len(works))

    def run(work) -> None:
        ready.wait()
        try:
            outcomes.append(work())
        except BaseException as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


# --- the same answer for known and unknown addresses ---


def test_property_13_known_address_changes_nothing_and_its_owner_is_told(client):
    fill(client)
    before = {model: list(model.objects.values().order_by("pk")) for model in (Participant, Application, SafeContact)}
    counts = row_counts()
    stranger = Browser()
    fill(stranger, name="Somebody Else", region="ON", phone="613 555 0000", call_safe="on", typed_name="Else",
         contact_phone__may_call="on")  # fmt: skip
    assert grown(counts) == {"default.contact_outboxmessage": 1}
    assert before == {model: list(model.objects.values().order_by("pk")) for model in before}
    assert User.objects.get(kind="participant").name == GOOD["name"]
    told = OutboxMessage.objects.get(template_id="already_received")
    assert told.person == User.objects.get(kind="participant")


def test_property_13_answer_is_the_same_for_known_and_unknown(client):
    fill(client)
    known, unknown = fill(Browser()), fill(Browser(), email="new@example.org")
    assert answer_of(known) == answer_of(unknown)
    assert [Browser().get(answer["Location"]).status_code for answer in (known, unknown)] == [200, 200]


def test_property_13_number_of_messages_is_the_same_for_known_and_unknown(client):
    fill(client)
    before = OutboxMessage.objects.count()
    fill(Browser(), email="new@example.org")
    assert OutboxMessage.objects.count() == before + 1
    fill(Browser())
    assert OutboxMessage.objects.count() == before + 2


def test_known_address_cannot_be_flooded_with_messages(client):
    for _time in range(4):
        fill(client)
    assert OutboxMessage.objects.filter(template_id="already_received").count() == 1


def test_address_of_a_team_member_is_answered_alike(client):
    from tests.factories import a_coordinator

    a_coordinator(email=GOOD["email"])
    assert answer_of(fill(client)) == answer_of(fill(Browser(), email="new@example.org"))
    assert Participant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_property_13_time_taken_is_the_same_for_known_and_unknown(settings):
    settings.PSP_APPLICATIONS_PER_HOUR = 1000
    numbers = itertools.count()
    fill(Browser())

    def measure() -> tuple[list[float], list[float]]:
        pairs = [
            (seconds(typed(Browser())), seconds(typed(Browser(), email=f"new{next(numbers)}@example.org")))
            for _pair in range(30)
        ]
        return [known for known, _unknown in pairs], [unknown for _known, unknown in pairs]

    def alike(found: tuple[list[float], list[float]]) -> bool:
        known, unknown = found
        first, middle, third = statistics.quantiles(unknown, n=4)
        return abs(statistics.median(known) - middle) < max(third - first, 0.1 * middle)

    assert_fits(measure, alike)
    assert DataKey.objects.count() == 1 + next(numbers), "the work for nothing leaves no key behind"


def seconds(answers) -> float:
    browser = Browser()
    begun = time.perf_counter()
    assert browser.post("/en/intake/", answers).status_code == 302
    return time.perf_counter() - begun


# --- when a part of the machine is away ---

APPLY_AND_WITHDRAW = """
import django
django.setup()
from consent.services import withdraw
from intake.models import Application
from tests.browser import Browser
from tests.forms import fill
assert fill(Browser()).status_code == 302
application = Application.objects.get()
person = application.participant.user
if WHAT == "application":
    from tests.factories import sign_in
    browser = Browser()
    sign_in(browser, person)
    assert browser.post("/en/my/application/withdraw/").status_code == 302
else:
    withdraw(person=person, purpose="taking_part")
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["application", "consent"])
def test_property_39_applying_and_withdrawing_work_without_the_broker(what):
    code = APPLY_AND_WITHDRAW.replace("WHAT", repr(what))
    env = {**os.environ, "REDIS_URL": "redis://127.0.0.1:1/0", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, check=True, timeout=240)
    assert Application.objects.get().state == ApplicationState.WITHDRAWN
    # The message waited for the sweep, and was taken back with the application.
    assert OutboxMessage.objects.get().state == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_property_39_fault_in_the_middle_leaves_nothing(monkeypatch, client):
    answers = typed(client)
    before = row_counts()
    monkeypatch.setattr("intake.sending.insert_all", lambda *rows: (insert_all(*rows), 1 / 0))
    client.raise_request_exception = False
    assert client.post("/en/intake/", answers).status_code == 500
    left = grown(before)
    # A key that opens nothing may stay: it is made first, so that no row is ever without one.
    assert set(left) <= {"keys.keys_datakey"}
    monkeypatch.undo()
    assert client.post("/en/intake/", answers).status_code == 302


def test_withdrawn_person_who_applies_anew_from_outside_is_only_told(client):
    """Anybody could type the address: a new application of a known person begins in their own pages."""
    fill(client)
    application = Application.objects.get()
    withdraw_application(application=application, by=application.participant.user)
    fill(Browser())
    assert list(Application.objects.values_list("state", flat=True)) == [ApplicationState.WITHDRAWN]
    assert OutboxMessage.objects.filter(template_id="already_received", due_at__lte=timezone.now()).exists()
