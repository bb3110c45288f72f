"""`security.md` 5: if the access row cannot be written, the page is not served."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups.models import GroupLead
from intake.models import Participant
from psp.models import User
from sessions.models import GroupSession
from supporters.may_lead.services import check_morning
from supporters.models import Supporter
from supporters.network.services import join_directory
from tests import factories as make
from tests.browser import Browser
from tests.matrix import POLICY, a_world

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "Canari-Sans-Journal"


@contextmanager
def log_that_takes_nothing() -> Iterator[None]:
    """The owner takes from the application what it needs to write the access log."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("REVOKE INSERT ON audit_entry FROM psp_app")
        try:
            yield
        finally:
            owner.execute("GRANT INSERT ON audit_entry TO psp_app")


@pytest.mark.parametrize("place", ["file", "applications"])
def test_property_05_no_access_row_no_page(place):
    coordinator = make.a_coordinator("QC")
    person = make.a_participant("QC", name=CANARY)
    make.an_application(person)
    client = Client(raise_request_exception=False)
    make.sign_in(client, coordinator)
    path = reverse(f"desk:{place}", args=[person.pk] if place == "file" else [])
    assert CANARY in client.get(path).content.decode()
    with log_that_takes_nothing():
        answer = client.get(path)
    assert answer.status_code == 500
    assert CANARY not in answer.content.decode()


def test_property_05_no_access_row_no_directory_of_peer_supporters():
    me, peer = make.a_facilitator(), make.a_facilitator(name=CANARY)
    for user in (me, peer):
        Supporter.objects.update_or_create(user=user, defaults={"program_region_id": "QC", "state": "active"})
        join_directory(by=User.objects.get(pk=user.pk), interests=[], line="")
    client = Client(raise_request_exception=False)
    make.sign_in(client, me)
    assert CANARY in client.get("/en/lead/network/").content.decode()
    with log_that_takes_nothing():
        answer = client.get("/en/lead/network/")
    assert answer.status_code == 500
    assert CANARY not in answer.content.decode()


def test_property_05_no_access_row_no_opened_file():
    coordinator, person = make.a_coordinator("QC"), make.a_participant("ON", name=CANARY)
    grant = make.an_opening(coordinator, participant=person)
    client = Client(raise_request_exception=False)
    make.sign_in(client, coordinator)
    path = reverse("desk:glass", args=[grant.pk])
    assert CANARY in client.get(path).content.decode()
    with log_that_takes_nothing():
        answer = client.get(path)
    assert answer.status_code == 500
    assert CANARY not in answer.content.decode()


def test_property_05_no_access_row_no_page_of_who_is_supported_before_they_lead():
    coordinator = make.a_coordinator("QC")
    lead = make.a_newcomer(name=CANARY)
    group, start = make.a_group(coordinator), timezone.now() + timedelta(days=1)
    GroupLead.objects.create(group=group, user=lead, role="facilitator")
    GroupSession.objects.create(group=group, number=1, starts_at=start, ends_at=start + timedelta(hours=1))
    check_morning(timezone.now())
    client = Client(raise_request_exception=False)
    make.sign_in(client, coordinator)
    assert CANARY in client.get("/en/desk/before/").content.decode()
    with log_that_takes_nothing():
        answer = client.get("/en/desk/before/")
    assert answer.status_code == 500
    assert CANARY not in answer.content.decode()


def test_property_05_no_access_row_no_change():
    coordinator = make.a_coordinator("QC")
    group = make.a_formal_group(coordinator, members=1)
    person = make.an_accepted_participant("QC", by=coordinator)
    client = Client(raise_request_exception=False)
    make.sign_in(client, coordinator)
    with log_that_takes_nothing():
        answer = client.post(
            reverse("desk:group_add", args=[group.pk]), f"participant={person.pk}",
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
    assert answer.status_code == 500
    assert group.memberships.count() == 1


AREAS = ("privacy:", "desk:", "rights:", "consent:", "care:", "office:")
# Pages that show nobody: forms that nothing was typed into, lists that are empty here, counts, and groups by name.
SHOW_NOBODY = {
    "care:agreed", "care:agreement", "care:protocol", "desk:agreed", "desk:agreement", "desk:protocol",
    "care:event", "care:event_new", "care:network", "care:resource", "care:resource_new",
    "care:joining_note", "care:training_date", "care:training_new",
    "desk:availability", "desk:bulk_done", "desk:calendar", "desk:duplicates", "desk:elsewhere", "desk:enter",
    "desk:forming_pool", "desk:forming_send", "desk:formings", "desk:group_cancel", "desk:group_close",
    "desk:group_open", "desk:group_place", "desk:group_complete", "desk:group_establish", "desk:group_new",
    "desk:group_schedule", "desk:groups", "desk:session_add", "desk:sessions_shift", "desk:closures",
    "care:incident_report", "desk:incident_report", "desk:pay", "desk:pay_roles",
    "desk:rechecks", "desk:search", "desk:session_cancel", "desk:support_first",
    "privacy:breach_record", "privacy:exports",
    "privacy:log_person", "privacy:office", "privacy:paper", "rights:notices",
}  # fmt: skip


def test_property_05_no_access_row_no_page_of_the_privacy_officer_the_desk_or_the_persons_rights():
    """Every page of theirs that is asked for with GET: it is not served, or it shows nobody."""
    world = a_world()
    names = {user.name for user in User.objects.filter(kind="participant")}
    telling = names | set(Participant.objects.values_list("reference", flat=True))
    browsers = {role: Browser(raise_request_exception=False) for role in world.accounts}
    for role, browser in browsers.items():
        make.sign_in(browser, world.accounts[role])
    served, told = set(), {}
    for name, rule in POLICY.items():
        if rule.method != "get" or not name.startswith(
            ("privacy:", "desk:", "rights:", "consent:", "care:", "office:")
        ):
            continue
        path = reverse(name, args=rule.of(world) if rule.of else ())
        browser = browsers[sorted(rule.who)[-1]]
        with log_that_takes_nothing():
            answer = browser.get(path)
        if answer.status_code < 300:
            served.add(name)
            page = getattr(answer, "content", b"").decode(errors="replace")
            told[name] = sorted(one for one in telling if one in page)
    assert {name: who for name, who in told.items() if who} == {}
    assert served == SHOW_NOBODY
