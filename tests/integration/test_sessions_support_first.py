"""Coordinators hear that somebody is supported before they lead: who, which group, when, never why (ADR 12)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from groups.models import GroupLead
from psp.audit.models import Entry
from sessions.models import Cover, GroupSession
from supporters.may_lead.services import check_morning
from supporters.models import CareSetting, LeadConcern, Leave, Pairing, Readiness, SupervisionMeeting
from tests import factories as make

pytestmark = pytest.mark.django_db
PAGE, DESK, CARD = "/en/desk/before/", "/en/desk/", "Supported before they lead"


@pytest.fixture
def coordinator():
    return make.a_coordinator()


@pytest.fixture
def desk(client, coordinator):
    make.sign_in(client, coordinator)
    return client


def days(number: int):
    return timezone.localdate() + timedelta(days=number)


def a_lead(name: str = "Lou Leads", **fields):
    return make.ready_to_lead(make.a_newcomer(name=name), supervisor=make.a_supervisor(name="CANARY-SUPERVISOR"))


def leads(coordinator, lead, *, in_days: int = 1, name: str = "Evenings by the river", **place) -> GroupSession:
    group = make.a_group(coordinator, name_en=name, **place)
    GroupLead.objects.create(group=group, user=lead, role="facilitator")
    start = timezone.now() + timedelta(days=in_days)
    return GroupSession.objects.create(group=group, number=1, starts_at=start, ends_at=start + timedelta(hours=1))


def late(lead) -> None:
    Pairing.objects.filter(user=lead).update(since=days(-61))


def unready(lead) -> None:
    Readiness.objects.create(
        user=lead, ready_for="leading", reviewer=make.the_supervisor(), held_on=days(0), outcome="not_now",
        look_again_on=days(77), would_help="CANARY-HELP",
    )  # fmt: skip


def on_leave(lead) -> None:
    Leave.objects.create(user=lead, kind="sick", first_day=days(0), last_day=days(9), noted_by=make.the_supervisor())


def morning() -> None:
    check_morning(timezone.now())


def text(html: str) -> str:
    """The page without its dates, numbers and addresses."""
    return " ".join(re.sub(r"<[^>]*>", " ", html.split("<main", 1)[1].split("</main>", 1)[0]).split())


def test_coordinator_reads_who_which_group_and_when(desk, coordinator):
    lead = a_lead()
    session = leads(coordinator, lead)
    late(lead)
    morning()
    assert CARD in desk.get(DESK).content.decode()
    html = desk.get(PAGE).content.decode()
    for telling in ("Lou Leads", "Evenings by the river", f"/en/desk/sessions/{session.pk}/", "<time datetime="):
        assert telling in html
    assert f"/en/desk/leads/?group={session.group_id}" in html
    concern = LeadConcern.objects.get()
    assert Entry.objects.filter(action="read", object_id=str(concern.pk), person=lead.pk).count() == 1


def test_page_reads_alike_whatever_is_missing_and_names_nobody_else(desk, coordinator):
    said = set()
    for number, lack in enumerate((late, unready, on_leave)):
        lead = a_lead()
        session = leads(coordinator, lead)
        lack(lead)
        SupervisionMeeting.objects.create(
            user=lead, supervisor=make.the_supervisor(), minutes=30, held_on=days(-60), kind="check_in"
        )
        morning()
        html = desk.get(PAGE).content.decode()
        assert "Lou Leads" in html, number
        assert not re.search("CANARY|overdue|leave|ready|77", text(html))
        said.add(text(html).replace(str(session.pk), ""))
        LeadConcern.objects.all().delete()
        GroupLead.objects.all().delete()
    assert len({re.sub(r"\d+:\d+", "", one) for one in said}) == 1


def test_supervisor_has_their_days_first(desk, coordinator):
    lead = a_lead()
    leads(coordinator, lead, in_days=9)
    late(lead)
    morning()
    assert CARD not in desk.get(DESK).content.decode()
    assert "Lou Leads" not in desk.get(PAGE).content.decode()
    LeadConcern.objects.update(found_at=timezone.now() - timedelta(days=CareSetting.objects.get().support_first_days))
    assert CARD in desk.get(DESK).content.decode()
    assert "Lou Leads" in desk.get(PAGE).content.decode()


def test_coordinators_of_another_region_hear_nothing(client, coordinator):
    lead = a_lead()
    leads(coordinator, lead)
    late(lead)
    morning()
    make.sign_in(client, make.a_coordinator("ON"))
    assert CARD not in client.get(DESK).content.decode()
    assert "Lou Leads" not in client.get(PAGE).content.decode()


def test_region_of_a_later_session_does_not_hear_of_the_first(client, coordinator):
    """Somebody leads in two regions: what is missing on the first day may be there again on the later one."""
    elsewhere, lead = make.a_coordinator("ON"), a_lead()
    leads(coordinator, lead)
    leads(elsewhere, lead, in_days=8, name="CANARY-LATER", program_region="ON", region="ON")
    late(lead)
    morning()
    make.sign_in(client, elsewhere)
    assert CARD not in client.get(DESK).content.decode()
    make.sign_in(client, coordinator)
    assert "CANARY-LATER" not in client.get(PAGE).content.decode()


def test_what_was_mended_since_the_morning_is_not_shown(desk, coordinator):
    lead = a_lead()
    leads(coordinator, lead)
    late(lead)
    morning()
    Pairing.objects.filter(user=lead).update(since=days(0))
    assert "Lou Leads" not in desk.get(PAGE).content.decode()


def test_session_that_somebody_else_leads_is_no_matter_here(desk, coordinator):
    lead = a_lead()
    session = leads(coordinator, lead)
    late(lead)
    morning()
    Cover.objects.create(session=session, lead=lead)
    assert CARD not in desk.get(DESK).content.decode()
    assert "Lou Leads" not in desk.get(PAGE).content.decode()


def test_empty_page_says_so_and_only_coordinators_open_it(client, coordinator):
    make.sign_in(client, make.a_supervisor())
    assert client.get(PAGE).status_code in (403, 404)
    make.sign_in(client, coordinator)
    assert "Nobody here waits for support" in client.get(PAGE).content.decode()
