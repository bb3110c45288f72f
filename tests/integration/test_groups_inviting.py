"""Asking people to join or to lead, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from consent.services import withdraw
from contact.models import OutboxMessage
from contact.registry import still_makes_sense
from groups.choices import FormingState, InvitationState, LeadRole
from groups.models import Forming, GroupLead, Invitation, Membership, PeerGroup
from groups.services import add_member, cancel, establish
from groups.services_inviting import answer, end_invitations, invite, take_back, think_again
from groups.services_sending import PeopleTaken, invite_forming
from intake.models import WaitingPlace
from intake.services_apart import note_apart
from intake.services_merge import merge_files, undo_merge
from privacy.holdings import held_about
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]
OPEN, ACCEPTED, DECLINED = InvitationState.OPEN, InvitationState.ACCEPTED, InvitationState.DECLINED


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def group(coordinator):
    return make.a_group(coordinator)


@pytest.fixture
def person(coordinator):
    return make.an_accepted_participant("QC", by=coordinator, consents=("taking_part", "contact_email"))


def refused(code, action, **arguments) -> DomainError:
    with pytest.raises(DomainError) as caught:
        action(**arguments)
    assert caught.value.code == code
    return caught.value


def noted_apart(one, other, by):
    return note_apart(participant=one.participant, other=other, by=by)


def with_values(group, **values):
    for name, value in values.items():
        setattr(group, name, value)
    group.save()


def test_an_invitation_keeps_a_place_and_tells_the_person(group, person, coordinator):
    made = invite(group=group, participant=person, by=coordinator)
    assert (made.state, made.kind, made.sent_by, made.person_id) == (OPEN, "formal", coordinator, person.user_id)
    # A week, to the end of that day where the person lives.
    assert timedelta(days=7) <= made.answer_by - made.sent_at < timedelta(days=8)
    message = OutboxMessage.objects.get(person=person.user)
    assert (message.template_id, message.useful_until) == ("invitation", made.answer_by)
    assert still_makes_sense(message)
    assert Entry.objects.filter(model="groups.invitation", object_id=str(made.pk), person=person.user_id).exists()


def test_yes_gives_the_place_and_ends_the_waiting(group, person, coordinator):
    made = invite(group=group, participant=person, by=coordinator)
    assert answer(invitation=made, answer=ACCEPTED, by=person.user).state == ACCEPTED
    assert Membership.objects.active().filter(group=group, participant=person).exists()
    assert not WaitingPlace.objects.filter(participant=person, state="waiting").exists()
    refused("answered", answer, invitation=made, answer=DECLINED, by=person.user)


def test_no_gives_the_place_back_and_the_person_waits_on(group, person, coordinator):
    made = invite(group=group, participant=person, by=coordinator)
    assert answer(invitation=made, answer=DECLINED, by=person.user).state == DECLINED
    assert WaitingPlace.objects.filter(participant=person, state="waiting").exists()
    assert not Membership.objects.filter(group=group).exists()
    assert not OutboxMessage.objects.filter(person=person.user, state="waiting").exists()


def test_a_coordinator_writes_down_what_was_said_on_the_phone(group, person, coordinator):
    made = invite(group=group, participant=person, by=coordinator)
    answer(invitation=made, answer=InvitationState.OTHER_TIME, by=coordinator)
    made.refresh_from_db()
    assert made.state == InvitationState.OTHER_TIME


def test_nobody_answers_for_somebody_else(group, person, coordinator):
    made = invite(group=group, participant=person, by=coordinator)
    for stranger in (make.a_coordinator("ON"), make.a_participant("QC").user):
        with pytest.raises(Forbidden):
            answer(invitation=made, answer=ACCEPTED, by=stranger)


def test_a_no_can_be_taken_back_while_the_place_is_there(group, person, coordinator):
    made = invite(group=group, participant=person, by=coordinator)
    answer(invitation=made, answer=DECLINED, by=person.user)
    again = think_again(invitation=made, by=person.user)
    assert (again.state, again.answer_by) == (OPEN, made.answer_by)
    assert OutboxMessage.objects.filter(person=person.user).count() == 1
    refused("answered", think_again, invitation=made, by=person.user)


def test_a_no_stays_a_no_once_the_place_is_gone(group, person, coordinator):
    with_values(group, max_size=4)
    made = invite(group=group, participant=person, by=coordinator)
    answer(invitation=made, answer=DECLINED, by=person.user)
    for _place in range(4):
        add_member(group=group, participant=make.an_accepted_participant("QC", by=coordinator), by=coordinator)
    refused("place_gone", think_again, invitation=made, by=person.user)


def test_one_formal_invitation_and_one_formal_group_at_a_time(group, person, coordinator):
    other = make.a_group(coordinator)
    first = invite(group=group, participant=person, by=coordinator)
    refused("invited_elsewhere", invite, group=other, participant=person, by=coordinator)
    answer(invitation=first, answer=ACCEPTED, by=person.user)
    refused("has_place", invite, group=other, participant=person, by=coordinator)


def test_places_that_are_kept_are_not_given_away(group, coordinator):
    with_values(group, max_size=4)
    people = [make.an_accepted_participant("QC", by=coordinator) for _number in range(5)]
    for person in people[:4]:
        invite(group=group, participant=person, by=coordinator)
    refused("places_kept", invite, group=group, participant=people[4], by=coordinator)
    refused("places_kept", add_member, group=group, participant=people[4], by=coordinator)
    # Whoever is asked has the place that is kept for them.
    add_member(group=group, participant=people[0], by=coordinator)
    assert Invitation.objects.get(participant=people[0]).state == ACCEPTED


def test_two_who_must_not_meet_are_not_asked_for_one_group(group, person, coordinator):
    other = make.an_accepted_participant("QC", by=coordinator)
    noted_apart(person.user, other.user, coordinator)
    invite(group=group, participant=person, by=coordinator)
    refused("membership_kept_apart", invite, group=group, participant=other, by=coordinator)
    lead = make.a_facilitator()
    noted_apart(person.user, lead, coordinator)
    refused("lead_kept_apart", invite, group=group, user=lead, role="facilitator", by=coordinator)


def test_a_yes_that_comes_too_late_reads_the_same_whatever_the_reason(group, coordinator):
    """Noted after both were asked: whoever answers first only reads that the place is gone."""
    one, other = (make.an_accepted_participant("QC", by=coordinator) for _number in range(2))
    invitations = [invite(group=group, participant=person, by=coordinator) for person in (one, other)]
    noted_apart(one.user, other.user, coordinator)
    assert answer(invitation=invitations[0], answer=ACCEPTED, by=one.user).state == InvitationState.TAKEN_BACK
    assert answer(invitation=invitations[1], answer=ACCEPTED, by=other.user).state == ACCEPTED


def test_those_who_lead_say_yes_too(group, coordinator):
    lead = make.a_facilitator()
    made = invite(group=group, user=lead, role=LeadRole.FACILITATOR, by=coordinator)
    refused("invitation_lead_open_once", invite, group=group, user=lead, role="facilitator", by=coordinator)
    answer(invitation=made, answer=ACCEPTED, by=lead)
    assert GroupLead.objects.get(group=group).user == lead
    refused("lead_once", invite, group=group, user=lead, role=LeadRole.FACILITATOR, by=coordinator)


def test_what_is_taken_back_is_over_and_its_message_does_not_leave(group, person, coordinator):
    made = invite(group=group, participant=person, by=coordinator)
    message = OutboxMessage.objects.get(person=person.user)
    take_back(invitation=made, by=coordinator)
    assert not still_makes_sense(message)
    refused("answered", answer, invitation=made, answer=ACCEPTED, by=person.user)
    with pytest.raises(Forbidden):
        take_back(invitation=invite(group=group, participant=person, by=coordinator), by=person.user)


def test_establishing_and_cancelling_take_back_what_nobody_answered(coordinator, person):
    group = make.a_formal_group(coordinator, members=4)
    made = invite(group=group, participant=person, by=coordinator)
    establish(group=group, by=coordinator)
    made.refresh_from_db()
    assert made.state == InvitationState.TAKEN_BACK
    refused("closed", invite, group=group, participant=person, by=coordinator)
    other = make.a_group(coordinator)
    made = invite(group=other, participant=person, by=coordinator)
    cancel(group=other, by=coordinator)
    made.refresh_from_db()
    assert made.state == InvitationState.TAKEN_BACK


def test_whoever_takes_part_no_more_is_asked_no_more(group, person, coordinator):
    made = invite(group=group, participant=person, by=coordinator)
    assert end_invitations(user=person.user, by=person.user) == 1
    made.refresh_from_db()
    assert made.state == DECLINED


def test_a_day_to_answer_by_lies_ahead_and_before_the_group_begins(coordinator, group, person):
    now = timezone.now()
    for moment in (now - timedelta(minutes=1), now + timedelta(days=61)):
        refused("invitation_leaves_time", invite, group=group, participant=person, by=coordinator, answer_by=moment)
    soon = (now + timedelta(days=3)).date()
    near = make.a_group(coordinator, starts_on=soon)
    made = invite(group=near, participant=person, by=coordinator)
    assert made.answer_by.date() <= soon + timedelta(days=1)
    assert made.answer_by < now + timedelta(days=5)
    with_values(group, starts_on=(now - timedelta(days=2)).date())
    take_back(invitation=made, by=coordinator)
    refused("begins_too_soon", invite, group=group, participant=person, by=coordinator)


# --- A whole arrangement ---


@pytest.fixture
def people(coordinator):
    return [make.an_accepted_participant("QC", by=coordinator) for _number in range(5)]


def test_an_arrangement_becomes_groups_and_invitations(coordinator, people):
    forming, lead = make.a_forming(coordinator), make.a_facilitator()
    thought = make.a_thought_of_group(forming, people, [lead])
    (group,) = invite_forming(forming=forming, revision=0, by=coordinator)
    thought.refresh_from_db()
    forming.refresh_from_db()
    assert (forming.state, forming.revision, thought.made) == (FormingState.SENT, 1, group)
    assert (group.name_en, group.name_fr) == ("Tuesdays, 7:00 p.m.", "Mardis, 19\u00a0h")
    assert (group.starts_on.isoformat(), group.start_time.isoformat()) == ("2027-01-12", "19:00:00")
    assert (group.region_id, group.program_region_id, group.max_size) == ("QC", "QC", 10)
    asked = Invitation.objects.open().filter(group=group)
    assert {row.person_id for row in asked} == {person.user_id for person in people} | {lead.pk}
    refused("already_sent", invite_forming, forming=forming, revision=1, by=coordinator)


def test_a_second_group_at_the_same_time_is_told_apart(coordinator, people):
    forming = make.a_forming(coordinator)
    make.a_thought_of_group(forming, people[:2])
    make.a_thought_of_group(forming, people[2:])
    made = invite_forming(forming=forming, revision=0, by=coordinator)
    assert [group.name_en for group in made] == ["Tuesdays, 7:00 p.m.", "Tuesdays, 7:00 p.m. (2)"]


def test_people_taken_meanwhile_are_named_and_nothing_is_half_done(coordinator, people):
    forming = make.a_forming(coordinator)
    make.a_thought_of_group(forming, people)
    elsewhere = make.a_group(coordinator)
    invite(group=elsewhere, participant=people[1], by=coordinator)
    add_member(group=elsewhere, participant=people[2], by=coordinator)
    caught = refused("people_taken", invite_forming, forming=forming, revision=0, by=coordinator)
    assert isinstance(caught, PeopleTaken)
    assert {one.account for one in caught.people} == {people[1].user_id, people[2].user_id}
    assert all(one.name in str(caught.message) for one in caught.people)
    assert PeerGroup.objects.count() == 1
    assert Invitation.objects.count() == 1
    assert Forming.objects.get(pk=forming.pk).state == FormingState.DRAFT
    # Exactly what the coordinator confirms, and no more.
    without = {people[1].user_id}
    assert len(refused("people_taken", invite_forming, forming=forming, revision=0, by=coordinator,
                       without=without).people) == 1  # fmt: skip
    (group,) = invite_forming(
        forming=forming, revision=0, by=coordinator, without={one.account for one in caught.people}
    )
    assert Invitation.objects.filter(group=group).count() == 3


def test_an_arrangement_that_changed_is_not_sent(coordinator, people):
    forming = make.a_forming(coordinator)
    refused("nothing_to_send", invite_forming, forming=forming, revision=0, by=coordinator)
    make.a_thought_of_group(forming, people)
    with pytest.raises(Conflict) as caught:
        invite_forming(forming=forming, revision=3, by=coordinator)
    assert caught.value.code == "stale"


def test_only_coordinators_of_every_region_of_the_pool_send_it(coordinator, people):
    forming = make.a_forming(coordinator, regions=("QC", "ON"))
    make.a_thought_of_group(forming, people)
    with pytest.raises(Forbidden):
        invite_forming(forming=forming, revision=0, by=coordinator)


def test_a_group_by_video_keeps_the_holidays_of_most_of_its_people(coordinator, people):
    both = make.with_role(coordinator, "coordinator", "ON")
    west = make.an_accepted_participant("ON", by=both)
    forming = make.a_forming(both, regions=("QC", "ON"))
    make.a_thought_of_group(forming, [west, *people], starts_at=datetime(2027, 7, 14, 0, 30, tzinfo=UTC))
    (group,) = invite_forming(forming=forming, revision=0, by=both)
    assert group.region_id == "QC"
    # Half past eight on the evening before, on the wall in summer.
    assert (group.starts_on.isoformat(), group.start_time.isoformat()) == ("2027-07-13", "20:30:00")


# --- With the person's file ---


def test_an_invitation_follows_the_person_when_two_files_become_one(coordinator, group, person):
    other = make.a_participant("QC")
    made = invite(group=group, participant=person, by=coordinator)
    merge = merge_files(kept=other, merged=person, by=coordinator)
    made.refresh_from_db()
    assert made.participant == other
    undo_merge(merge=merge, by=coordinator)
    made.refresh_from_db()
    assert (made.participant, made.state) == (person, OPEN)


def test_two_files_that_both_wait_for_an_answer_do_not_become_one(coordinator, group, person):
    other = make.an_accepted_participant("QC", by=coordinator)
    invite(group=group, participant=person, by=coordinator)
    invite(group=make.a_group(coordinator), participant=other, by=coordinator)
    refused("cannot_merge", merge_files, kept=other, merged=person, by=coordinator)


def test_two_files_do_not_become_one_beside_whom_they_must_not_meet(coordinator, group, person):
    other, danger = make.a_participant("QC"), make.an_accepted_participant("QC", by=coordinator)
    invite(group=group, participant=person, by=coordinator)
    invite(group=group, participant=danger, by=coordinator)
    noted_apart(other.user, danger.user, coordinator)
    refused("cannot_merge", merge_files, kept=other, merged=person, by=coordinator)


def test_withdrawing_consent_ends_the_invitation_at_once(coordinator, group, person):
    made = invite(group=group, participant=person, by=coordinator)
    withdraw(person=person.user, purpose="taking_part", by=person.user)
    made.refresh_from_db()
    assert made.state == DECLINED


def test_the_copy_tells_of_invitations(coordinator, group, person):
    lead = make.a_facilitator()
    invite(group=group, participant=person, by=coordinator)
    invite(group=group, user=lead, role=LeadRole.FACILITATOR, by=coordinator)
    for who in (person.user, lead):
        (section,) = [held for held in held_about(who) if held.section.code == "invitations"]
        assert str(section.records[0][0].value) == "Tuesday evenings"


def test_two_coordinators_send_overlapping_groups_and_the_second_loses_nothing(coordinator, people):
    colleague = make.a_coordinator("QC")
    mine, theirs = make.a_forming(coordinator), make.a_forming(colleague)
    make.a_thought_of_group(mine, people[:4])
    thought = make.a_thought_of_group(theirs, people[1:])
    invite_forming(forming=mine, revision=0, by=coordinator)
    caught = refused("people_taken", invite_forming, forming=theirs, revision=0, by=colleague)
    assert isinstance(caught, PeopleTaken)
    assert {one.account for one in caught.people} == {person.user_id for person in people[1:4]}
    assert Forming.objects.get(pk=theirs.pk).state == FormingState.DRAFT
    assert thought.places.count() == 4
