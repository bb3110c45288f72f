"""Those who lead say when they can, and take a pause with one click."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from groups.forgetting import forget_formings
from groups.models import Forming, LeadProfile
from groups.pool import pool_of
from groups.services_leading import pause_leading, set_lead_times
from privacy.services_holds import open_hold
from psp.errors import DomainError, Forbidden
from psp.models import Region
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make.a_facilitator()


def said(**more) -> dict:
    return {"languages": ["fr"], "modalities": ["virtual"], "region": "", "max_groups": "2", "time_zone": "",
            "availability": ["1-evening"]} | more  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_times_are_said_on_the_page_and_make_somebody_a_leader_of_the_pool(lead, client, language):
    make.sign_in(client, lead)
    assert client.get(f"/{language}/lead/times/").status_code == 200
    assert client.post(f"/{language}/lead/times/", said()).status_code == 302
    profile = LeadProfile.objects.get(user=lead)
    assert (profile.languages, profile.availability, profile.max_groups) == (["fr"], [[2520, 2700]], 2)
    forming = make.a_started_forming(make.a_coordinator("QC"))
    assert [one.user_id for one in pool_of(forming).leaders] == [lead.pk]


def test_pause_is_one_click_and_asks_nothing(lead, client):
    make.sign_in(client, lead)
    client.post("/en/lead/times/", said())
    forming = make.a_started_forming(make.a_coordinator("QC"))
    page = client.post("/en/lead/times/pause/", {"on": "yes"}, follow=True).content.decode()
    assert "You are taking a pause" in page
    assert pool_of(forming).leaders == ()
    client.post("/en/lead/times/pause/", {"on": "no"})
    assert len(pool_of(forming).leaders) == 1
    assert not {"reason", "note", "why"} & {field.name for field in LeadProfile._meta.get_fields()}


def test_nobody_else_says_it(lead):
    for other in (make.a_facilitator(), make.a_coordinator("QC"), make.a_clinician()):
        with pytest.raises(Forbidden):
            pause_leading(user=lead, by=other, on=True)
    clinician = make.a_clinician()
    with pytest.raises(Forbidden):
        pause_leading(user=clinician, by=clinician, on=True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"languages": ["de"]}, "unknown_choice"), ({"modalities": ["by_post"]}, "unknown_choice"),
        ({"modalities": ["in_person"]}, "region"), ({"max_groups": 11}, "max_groups"),
        ({"max_groups": -1}, "max_groups"), ({"availability": [[10, 20]]}, "bad_week"),
        ({"time_zone": "Mars/Base"}, "unknown_zone"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(lead, change, code):
    values = {"languages": ["fr"], "modalities": ["virtual"], "region": None, "availability": [], "max_groups": 1}
    with pytest.raises(DomainError) as caught:
        set_lead_times(user=lead, by=lead, **values | change)
    assert caught.value.code == code


def test_in_person_somebody_leads_in_their_province_only(lead):
    here = Region.objects.get(code="QC")
    set_lead_times(user=lead, by=lead, languages=["fr"], modalities=["in_person"], region=here,
                   availability=[(1080, 1260)], max_groups=1)  # fmt: skip
    (found,) = pool_of(make.a_started_forming(make.a_coordinator("QC"))).leaders
    assert (found.region, found.modalities) == ("QC", ("in_person",))


@override_settings(PSP_FORMING_DAYS=30)
def test_what_nobody_works_on_is_forgotten_unless_a_hold_protects_somebody_in_it():
    by, person = make.a_coordinator("QC"), make.a_waiting_person()
    old, held = make.a_started_forming(by, languages=["en"]), make.a_started_forming(by)
    fresh = make.a_started_forming(by)
    Forming.objects.filter(pk__in=[old.pk, held.pk]).update(changed_at=timezone.now() - timedelta(days=31))
    open_hold(person=person.user, kind="complaint", by=make.a_privacy_officer())
    assert forget_formings(timezone.now()) == 1
    assert set(Forming.objects.all()) == {held, fresh}
