"""A pause of the role: at once, by oneself, without a reason; and it ends only by oneself ([NH] rule 32)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from groups.pool import pool_of
from psp.audit.models import Entry
from psp.dashboard import Card, _cards, add_card
from psp.errors import DomainError, Forbidden
from supporters import hooks
from supporters.models import Pause
from supporters.wellbeing.services_pause import come_back, pause_role, standing_pause
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make.a_leading_person()


def test_a_pause_takes_effect_at_once_and_has_no_field_for_a_reason(lead):
    forming = make.a_started_forming(make.a_coordinator("QC"))
    assert [one.user_id for one in pool_of(forming).leaders] == [lead.pk]
    pause_role(user=lead, by=lead)
    assert standing_pause(lead) is not None
    assert pool_of(forming).leaders == ()
    assert {one.name for one in Pause._meta.get_fields()} == {"id", "user", "since", "back_on", "ended_at"}


def test_twice_is_as_once_and_a_day_may_be_said_later(lead):
    first, day = pause_role(user=lead, by=lead), timezone.localdate() + timedelta(days=20)
    again = pause_role(user=lead, by=lead, back_on=day)
    assert (again.pk, again.since, again.back_on) == (first.pk, first.since, day)
    assert pause_role(user=lead, by=lead).back_on == day, "a second tap forgets nothing"


def test_a_day_that_has_passed_is_no_day_to_come_back_on(lead):
    with pytest.raises(DomainError) as caught:
        pause_role(user=lead, by=lead, back_on=timezone.localdate() - timedelta(days=1))
    assert caught.value.code == "back_in_the_past"
    assert standing_pause(lead) is None


def test_only_the_person_ends_it_and_groups_may_be_proposed_again(lead):
    forming = make.a_started_forming(make.a_coordinator("QC"))
    pause_role(user=lead, by=lead, back_on=timezone.localdate())
    come_back(user=lead, by=lead)
    come_back(user=lead, by=lead)
    assert standing_pause(lead) is None
    assert len(pool_of(forming).leaders) == 1


@pytest.mark.parametrize("who", [make.a_facilitator, make.a_coordinator, make.an_analyst, make.a_privacy_officer])
def test_nobody_else_pauses_somebody_or_brings_them_back(lead, who):
    other = who()
    with pytest.raises(Forbidden):
        pause_role(user=lead, by=other)
    pause_role(user=lead, by=lead)
    with pytest.raises(Forbidden):
        come_back(user=lead, by=other)
    assert standing_pause(lead) is not None


def test_a_clinician_pauses_too_and_others_have_no_role_to_pause():
    clinician, coordinator = make.a_clinician(), make.a_coordinator()
    assert pause_role(user=clinician, by=clinician).ended_at is None
    with pytest.raises(Forbidden):
        pause_role(user=coordinator, by=coordinator)


def test_the_access_log_does_not_say_that_there_is_a_pause(lead):
    pause_role(user=lead, by=lead)
    come_back(user=lead, by=lead)
    said = set(Entry.objects.filter(person=lead.pk).values_list("action", "model", "fields", "purpose"))
    assert said == {("change", "psp.user", "", "own")}


def test_who_listens_is_told_once_for_each_change(lead, monkeypatch):
    heard: list[tuple[str, object]] = []
    monkeypatch.setattr(hooks, "_on_paused", [lambda user, by: heard.append(("paused", user.pk))])
    monkeypatch.setattr(hooks, "_on_back", [lambda user, by: heard.append(("back", user.pk))])
    for step in (pause_role, pause_role, come_back, come_back):
        step(user=lead, by=lead)
    assert heard == [("paused", lead.pk), ("back", lead.pk)]


def test_a_pause_that_a_listener_refuses_did_not_happen(lead, monkeypatch):
    def refuse(user, by):
        raise DomainError("No.", code="no")

    monkeypatch.setattr(hooks, "_on_paused", [refuse])
    with pytest.raises(DomainError):
        pause_role(user=lead, by=lead)
    assert standing_pause(lead) is None


@pytest.mark.django_db(transaction=True)
def test_pausing_from_two_pages_at_the_same_time_is_one_pause():
    lead, gate = make.a_newcomer(), Barrier(8)

    def pause(_number: int) -> int:
        gate.wait()
        try:
            return pause_role(user=lead, by=lead).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(pause, range(8)))) == 1
    assert Pause.objects.filter(user=lead).count() == 1


# --- Where it is reached --------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "title"), [("en", "For me"), ("fr", "Pour moi")])
def test_the_page_for_oneself_is_one_tap_from_everywhere(client, lead, language, title):
    make.sign_in(client, lead)
    page = client.get(f"/{language}/lead/").content.decode()
    assert f'href="/{language}/lead/me/"' in page
    assert f"<h1>{title}</h1>" in client.get(f"/{language}/lead/me/").content.decode()


def test_the_bar_under_the_thumb_has_at_most_five_places(client, lead, rf):
    from psp.dashboard import places_for

    request = rf.get("/en/lead/")
    request.user = lead
    assert len([place for place in places_for(request) if place.area == "lead"]) <= 5


def test_the_first_page_shows_what_other_parts_have_to_say(client, lead):
    make.sign_in(client, lead)
    card = Card("lead", "components/help_lines.html", lambda _request: {"note": "A card for those who lead"})
    add_card(card)
    try:
        assert "help-lines" in client.get("/en/lead/").content.decode()
    finally:
        _cards.remove(card)
