"""The groups' pages on the desk: making, filling, establishing, refusing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from groups.choices import GroupState
from groups.models import Membership, PeerGroup
from groups.services import cancel, establish
from psp.audit.models import Entry
from tests import factories as make

pytestmark = pytest.mark.django_db
NEW = {
    "kind": "formal", "region": "QC", "language": "fr", "modality": "virtual", "name_en": "Tuesday evenings",
    "name_fr": "Les mardis soir", "starts_on": "2027-01-12", "start_time": "19:00", "time_zone": "America/Toronto",
    "session_count": "",
}  # fmt: skip


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def desk(client, coordinator):
    make.sign_in(client, coordinator)
    return client


def url(name, obj) -> str:
    return reverse(f"desk:{name}", args=[obj.pk])


def test_group_is_made(desk):
    answer = desk.post(reverse("desk:group_new"), NEW)
    group = PeerGroup.objects.get()
    assert answer["Location"] == url("group", group)
    assert (group.program_region_id, group.max_size, group.session_count) == ("QC", 10, 10)
    assert "Tuesday evenings" in desk.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"starts_on": "2020-01-01"}, "Choose a day that is still to come."),
        ({"starts_on": "soon"}, "Write the day as in 2026-11-30."),
        ({"start_time": "25:99"}, "Write the time as in 18:30."),
        ({"name_en": "Trauma group"}, "would give away"),
        ({"name_fr": ""}, "required"),
        ({"region": "ON"}, "valid choice"),
        ({"time_zone": "Mars/Base"}, "Mars/Base"),
        ({"kind": "secret"}, "secret"),
        ({"session_count": "3", "kind": "activity"}, "from 1 to 2 sessions"),
    ],
)
def test_bad_group_is_answered_at_its_field_and_keeps_what_was_typed(desk, change, sentence):
    answer = desk.post(reverse("desk:group_new"), {**NEW, **change})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert "Please look at this again" in page
    assert 'value="19:00"' in page or "start_time" in change
    assert not PeerGroup.objects.exists()


def test_person_from_the_waiting_list_gets_a_place(desk, coordinator):
    group = make.a_group(coordinator)
    fits = make.an_accepted_participant(name="Fits Well", by=coordinator)
    make.an_accepted_participant(name="Other Language", language="en", by=coordinator)
    page = desk.get(url("group_add", group)).content.decode()
    assert "Fits Well" in page
    assert "Other Language" not in page
    assert desk.post(url("group_add", group), {"participant": fits.pk}).status_code == 302
    assert Membership.objects.active().get().participant == fits


@pytest.mark.parametrize("participant", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_nobody_is_not_found(desk, coordinator, participant):
    assert desk.post(url("group_add", make.a_group(coordinator)), {"participant": participant}).status_code == 404


def test_person_of_a_foreign_region_is_not_found(desk, coordinator):
    stranger = make.an_accepted_participant("ON")
    assert desk.post(url("group_add", make.a_group(coordinator)), {"participant": stranger.pk}).status_code == 404


def test_eleventh_member_is_answered_with_a_page_that_says_what_to_do(desk, coordinator):
    group = make.a_formal_group(coordinator, members=10)
    extra = make.an_accepted_participant(by=coordinator)
    answer = desk.post(url("group_add", group), {"participant": extra.pk})
    assert answer.status_code == 409
    assert "This group is full" in answer.content.decode()
    assert "Give a place" not in desk.get(url("group_add", group)).content.decode()


def test_addition_to_an_established_group_is_answered_with_a_sentence(desk, coordinator):
    group = make.a_formal_group(coordinator, members=4)
    establish(group=group, by=coordinator)
    extra = make.an_accepted_participant(by=coordinator)
    answer = desk.post(url("group_add", group), {"participant": extra.pk})
    assert answer.status_code == 409
    assert "nobody joins it any more" in answer.content.decode()


def test_group_page_lists_members_with_one_access_row_each(desk, coordinator):
    group = make.a_formal_group(coordinator, members=5)
    desk.get(url("group", group))
    people = [member.person_id for member in group.memberships.select_related("participant")]
    rows = Entry.objects.filter(action="read", person__in=people)
    assert rows.count() == 5
    assert rows.values("person").distinct().count() == 5


def test_three_person_establishment_is_refused_on_the_page(desk, coordinator):
    group = make.a_formal_group(coordinator, members=3)
    assert "1 more person has to say yes" in desk.get(url("group", group)).content.decode()
    answer = desk.post(url("group_establish", group), {"revision": 0})
    assert answer.status_code == 409
    assert "at least 4 people" in answer.content.decode()
    assert PeerGroup.objects.get().state == GroupState.FORMING


def test_establishing_asks_first(desk, coordinator):
    group = make.a_formal_group(coordinator, members=4)
    page = desk.get(url("group_establish", group)).content.decode()
    assert "This cannot be undone." in page
    assert PeerGroup.objects.get().state == GroupState.FORMING
    assert desk.post(url("group_establish", group), {"revision": 0}).status_code == 302
    assert PeerGroup.objects.get().state == GroupState.ESTABLISHED
    assert "Give people a place" not in desk.get(url("group", group)).content.decode()


def test_stale_establishment_is_a_conflict(desk, coordinator):
    group = make.a_formal_group(coordinator, members=4)
    cancel(group=group, by=coordinator)
    answer = desk.post(url("group_establish", group), {"revision": 0})
    assert answer.status_code == 409
    assert "has moved on" in answer.content.decode()


def test_group_is_cancelled_and_completed(desk, coordinator):
    group = make.a_formal_group(coordinator, members=4)
    desk.post(url("group_establish", group), {"revision": 0})
    assert desk.post(url("group_complete", group), {"revision": 1}).status_code == 302
    assert PeerGroup.objects.get().state == GroupState.COMPLETED
    other = make.a_group(coordinator)
    assert desk.post(url("group_cancel", other), {"revision": 0}).status_code == 302
    other.refresh_from_db()
    assert other.state == GroupState.CANCELLED


def test_place_is_ended_after_asking(desk, coordinator):
    group = make.a_formal_group(coordinator, members=2)
    member = group.memberships.first()
    assert "No reason is asked" in desk.get(url("place_end", member)).content.decode()
    assert desk.post(url("place_end", member)).status_code == 302
    assert group.memberships.active().count() == 1


def test_leads_are_chosen_from_those_who_may_lead(desk, coordinator):
    group = make.a_group(coordinator)
    lead, analyst = make.a_facilitator(name="Faye Facilitates"), make.an_analyst()
    assert url("lead_add", group) in desk.get(url("group", group)).content.decode()
    page = desk.get(url("lead_add", group)).content.decode()
    assert "Faye Facilitates" in page
    assert f'value="{analyst.pk}"' not in page
    wrong = desk.post(url("lead_add", group), {"user": analyst.pk, "role": "facilitator"})
    assert "Choose somebody from the list." in wrong.content.decode()
    clinician = desk.post(url("lead_add", group), {"user": lead.pk, "role": "clinician"})
    assert "does not have the role" in clinician.content.decode()
    assert desk.post(url("lead_add", group), {"user": lead.pk, "role": "facilitator"}).status_code == 302
    assert desk.post(url("lead_end", group.leads.get())).status_code == 302
    assert not group.leads.exists()


def test_group_of_a_foreign_region_is_not_found(desk):
    group = make.a_formal_group(make.a_coordinator("ON"), program_region="ON", region="ON", members=1)
    places = [("group", group), ("group_add", group), ("group_establish", group), ("group_cancel", group),
              ("group_complete", group), ("place_end", group.memberships.get())]  # fmt: skip
    for name, obj in places:
        assert desk.get(url(name, obj)).status_code == 404, name
    assert desk.post(url("lead_add", group), {}).status_code == 404
    assert desk.post(url("lead_end", group.leads.get())).status_code == 404


def test_list_of_groups_is_narrowed_by_state(desk, coordinator):
    make.a_group(coordinator, name_en="Forming one")
    done = make.a_group(coordinator, name_en="Gone one")
    cancel(group=done, by=coordinator)
    page = desk.get(f"{reverse('desk:groups')}?state=forming").content.decode()
    assert "Forming one" in page
    assert "Gone one" not in page
    assert "Gone one" in desk.get(f"{reverse('desk:groups')}?state=rubbish").content.decode()


def test_number_of_queries_of_the_list_does_not_grow(desk, coordinator, django_assert_num_queries):
    for _number in range(3):
        make.a_formal_group(coordinator, members=1)
    desk.get(reverse("desk:groups"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        desk.get(reverse("desk:groups"))
    for _number in range(20):
        make.a_formal_group(coordinator, members=2)
    with django_assert_num_queries(len(few)):
        desk.get(reverse("desk:groups"))
