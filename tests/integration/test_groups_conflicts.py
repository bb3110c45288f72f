"""Two people who must not meet are found in one group: a task for coordinators who may know, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.conflicts import conflicts
from groups.models import ConflictCare, GroupLead, Membership
from groups.services import add_lead, add_member, establish
from groups.services_conflicts import conflict_between, part_them, take_care
from intake.choices import PriorityReason
from intake.models import KeepApart
from intake.services_apart import end_apart, note_apart
from privacy.erasing import erasers
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden
from sessions.services import schedule_series
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def together(coordinator):
    """An established group, two of its members, and the pair that was noted afterwards."""
    group = make.a_formal_group(coordinator, members=5)
    one, other = (place.participant for place in group.memberships.all()[:2])
    group = establish(group=group, by=coordinator)
    return group, note_apart(participant=one, other=other.user, by=coordinator)


def test_a_pair_noted_after_the_group_began_is_found_with_the_time_of_its_next_session(coordinator, together):
    group, apart = together
    sessions = schedule_series(group=group, by=coordinator)
    (found,) = conflicts(coordinator)
    assert (found.apart, found.group, found.care) == (apart.pk, group, None)
    assert set(found.accounts) == {apart.person_id, apart.other_id}
    assert found.meets == min(one.starts_at for one in sessions)


def test_groups_that_meet_soonest_come_first(coordinator, together):
    late, apart = together
    soon = make.a_group(coordinator, kind="informal", starts_on=timezone.localdate() + timedelta(days=2))
    member = add_member(
        group=soon, participant=make.an_accepted_participant(services=["informal"], by=coordinator), by=coordinator
    )
    lead = make.a_facilitator()
    for facilitator in (lead, make.a_facilitator()):
        add_lead(group=soon, user=facilitator, role="facilitator", by=coordinator)
    add_member(group=soon, participant=make.an_accepted_participant(services=["informal"], by=coordinator),
               by=coordinator)  # fmt: skip
    note_apart(participant=member.participant, other=lead, by=coordinator)
    schedule_series(group=establish(group=soon, by=coordinator), by=coordinator)
    schedule_series(group=late, by=coordinator)
    assert [one.group for one in conflicts(coordinator)] == [soon, late]


def test_whoever_takes_care_of_it_is_seen_and_may_be_relieved(coordinator, together):
    group, apart = together
    colleague = make.a_coordinator("QC")
    take_care(apart=apart, group=group, by=coordinator)
    assert conflicts(colleague)[0].care.by == coordinator
    take_care(apart=apart, group=group, by=colleague)
    assert ConflictCare.objects.get().by == colleague


def test_ending_one_place_mends_it_and_the_person_comes_first(coordinator, together):
    group, apart = together
    take_care(apart=apart, group=group, by=coordinator)
    part_them(apart=apart, group=group, account=apart.person_id, by=coordinator)
    assert conflicts(coordinator) == []
    assert not ConflictCare.objects.exists()
    place = apart.person.participant.waiting_places.get()
    assert (place.state, place.priority) == ("waiting", PriorityReason.PLACE_ENDED)
    assert Membership.objects.active().filter(group=group).count() == 4
    with pytest.raises(DomainError) as closed:
        add_member(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    assert closed.value.code == "closed", "the place stays nobody's"


def test_doing_it_twice_says_that_it_is_mended(coordinator, together):
    group, apart = together
    part_them(apart=apart, group=group, account=apart.person_id, by=coordinator)
    with pytest.raises(Conflict) as found:
        part_them(apart=apart, group=group, account=apart.other_id, by=coordinator)
    assert found.value.code == "mended"
    assert Membership.objects.active().filter(group=group).count() == 4


def test_a_lead_gives_way_once_somebody_else_leads(coordinator, together):
    group, _apart = together
    lead = GroupLead.objects.get(group=group)
    apart = note_apart(participant=group.memberships.last().participant, other=lead.user, by=coordinator)
    with pytest.raises(DomainError) as last:
        part_them(apart=apart, group=group, account=lead.user_id, by=coordinator)
    assert last.value.code == "last_lead"
    add_lead(group=group, user=make.a_facilitator(), role="facilitator", by=coordinator)
    part_them(apart=apart, group=group, account=lead.user_id, by=coordinator)
    assert conflict_between(apart, group) is None
    assert not GroupLead.objects.filter(pk=lead.pk).exists()


def test_saying_that_it_does_not_hold_keeps_both_places(coordinator, together):
    group, apart = together
    end_apart(apart=apart, reason="mistake", by=coordinator)
    assert conflicts(coordinator) == []
    assert Membership.objects.active().filter(group=group).count() == 5


def test_a_group_of_another_region_is_shown_to_those_who_know_of_the_pair(together):
    """A person moved: the group stays where it is, and those who know are those of the person's region."""
    group, apart = together
    west = make.a_coordinator("PAC")
    file = apart.person.participant
    apart.program_region_id = file.program_region_id = "PAC"
    apart.save()
    file.save()
    (found,) = conflicts(west)
    assert found.group == group
    assert conflicts(group.created_by) == []
    with pytest.raises(Forbidden):
        part_them(apart=apart, group=group, account=apart.other_id, by=west)
    part_them(apart=apart, group=group, account=apart.person_id, by=west)
    assert conflicts(west) == []


def test_nobody_who_may_not_know_takes_it_or_ends_it(together):
    group, apart = together
    for stranger in (make.a_coordinator("PAC"), make.a_facilitator(), apart.person, make.a_privacy_officer()):
        with pytest.raises(Forbidden):
            take_care(apart=apart, group=group, by=stranger)
        with pytest.raises(Forbidden):
            part_them(apart=apart, group=group, account=apart.person_id, by=stranger)


def test_the_log_of_neither_joins_the_two(coordinator, together):
    group, apart = together
    take_care(apart=apart, group=group, by=coordinator)
    part_them(apart=apart, group=group, account=apart.person_id, by=coordinator)
    entries = Entry.objects.filter(model="intake.keepapart")
    assert set(entries.values_list("person", "object_id")) == {(apart.person_id, "")}
    assert not Entry.objects.filter(object_id=str(apart.pk)).exists()


def test_a_deletion_takes_the_pair_and_who_cared_for_it(coordinator, together):
    group, apart = together
    take_care(apart=apart, group=group, by=coordinator)
    for eraser in erasers():
        if eraser.code in ("care", "apart"):
            eraser.run(apart.person)
    assert not ConflictCare.objects.exists()
    assert not KeepApart.objects.exists()


def test_pages_of_a_conflict_from_the_card_to_its_end(client, coordinator, together):
    group, apart = together
    schedule_series(group=group, by=coordinator)
    make.sign_in(client, coordinator)
    page = reverse("desk:conflict", args=[apart.pk, group.pk])
    today = client.get(reverse("desk:today")).content.decode()
    assert page in today
    assert "Nobody takes care of it yet" in today
    assert apart.other.name not in today, "the card names nobody"
    assert client.post(reverse("desk:conflict_take", args=[apart.pk, group.pk])).status_code == 302
    seen = client.get(page).content.decode()
    assert apart.person.name in seen
    assert apart.other.name in seen
    assert coordinator.name in seen
    end = reverse("desk:conflict_part", args=[apart.pk, group.pk, apart.other_id])
    assert "the place stays empty" in client.get(end).content.decode()
    assert client.post(end).url == reverse("desk:today")
    assert client.post(end).url == reverse("desk:today"), "twice does nothing more"
    assert client.get(page).url == reverse("desk:today")
    assert Membership.objects.active().filter(group=group).count() == 4


def test_last_lead_is_refused_on_the_page_with_what_to_do_first(client, coordinator, together):
    group, _apart = together
    lead = GroupLead.objects.get(group=group)
    apart = note_apart(participant=group.memberships.last().participant, other=lead.user, by=coordinator)
    make.sign_in(client, coordinator)
    answer = client.post(reverse("desk:conflict_part", args=[apart.pk, group.pk, lead.user_id]))
    assert answer.status_code == 409
    assert "Add another facilitator first" in answer.content.decode()


def test_pages_are_for_those_who_may_know(client, together):
    group, apart = together
    for stranger in (make.a_coordinator("PAC"), make.a_facilitator()):
        make.sign_in(client, stranger)
        assert client.get(reverse("desk:conflict", args=[apart.pk, group.pk])).status_code in (403, 404)
        part = reverse("desk:conflict_part", args=[apart.pk, group.pk, apart.person_id])
        assert client.post(part).status_code in (403, 404)
    assert Membership.objects.active().filter(group=group).count() == 5
