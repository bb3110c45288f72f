"""Groups as they are attacked: by whoever wants to learn where somebody meets, by insiders, by those who left, and by
two hands at once."""

from __future__ import annotations

from datetime import time, timedelta
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connections, models
from django.urls import reverse
from django.utils import timezone

from consent.services import withdraw
from groups import services_enrolling
from groups.choices import InvitationState, LeadRole, QueueState
from groups.conflicts import conflicts
from groups.formation_pins import propose_around
from groups.forming_problem import task_of, write_answer
from groups.models import FormingPlace, GroupLead, Invitation, Membership, PeerGroup, QueuePlace
from groups.services import add_lead, add_member, cancel, complete, establish, leave_group, remove_lead
from groups.services_conflicts import part_them
from groups.services_inviting import answer, invite, think_again
from groups.services_offers import mind
from groups.services_place import share_needs
from groups.services_sending import PeopleTaken, invite_forming
from intake.models import Participant
from intake.services_apart import note_apart
from intake.services_merge import merge_files
from privacy.holdings import held_about
from psp.errors import DomainError
from psp.models import Region
from tests import factories as make
from tests.browser import Browser
from tests.integration.test_security_mass_assignment import hostile, kept
from tests.integration.test_security_no_log_no_page import log_that_takes_nothing

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


def browser(user) -> Browser:
    made = Browser()
    make.sign_in(made, user)
    return made


def open_people(count: int, by) -> list[Participant]:
    return [make.an_accepted_participant(services=("informal", "activity"), by=by) for _ in range(count)]


# --- Who is not in it any more ----------------------------------------------------------------------


def test_whoever_leads_no_more_reads_no_dates_on_the_old_invitation(coordinator):
    group = make.a_group(coordinator, language="en")
    lead = make.a_facilitator()
    asked = invite(group=group, user=lead, role=LeadRole.FACILITATOR, by=coordinator)
    answer(invitation=asked, answer="accepted", by=lead)
    page = reverse("lead_invitations:one", args=[group.pk])
    there = browser(lead)
    assert "January" in there.get(page).content.decode()
    remove_lead(lead=GroupLead.objects.get(group=group, user=lead), by=coordinator)
    after = there.get(page).content.decode()
    assert "January" not in after
    assert "You lead this group" not in after


def test_what_somebody_shared_with_those_who_lead_ends_with_the_place(coordinator):
    group = make.an_open_group(coordinator)
    (person,) = open_people(1, coordinator)
    place = services_enrolling.enrol(group=group, participant=person, by=person.user)
    share_needs(membership=place, needs=["breaks"], by=person.user)
    leave_group(membership=place, by=person.user)
    again = services_enrolling.enrol(group=group, participant=person, by=person.user)
    assert again.pk == place.pk
    assert Membership.objects.get(pk=place.pk).shared_needs == [], "nothing unless they say so"


@pytest.mark.parametrize("ends", [complete, cancel])
def test_lead_of_a_group_that_is_over_reads_nobodys_needs(coordinator, ends):
    group = make.a_formal_group(coordinator, members=4, leads=0)
    lead = make.a_facilitator()
    add_lead(group=group, user=lead, role=LeadRole.FACILITATOR, by=coordinator)
    establish(group=group, by=coordinator)
    place = group.memberships.first()
    share_needs(membership=place, needs=["captions"], by=place.participant.user)
    page = reverse("lead:group", args=[group.pk])
    there = browser(lead)
    assert "Captions" in there.get(page).content.decode()
    ends(group=group, by=coordinator)
    assert "Captions" not in there.get(page).content.decode()


# --- Places that are kept ---------------------------------------------------------------------------


def test_a_no_that_is_taken_back_again_and_again_keeps_no_place_beyond_its_day(coordinator):
    group = make.a_group(coordinator)
    person = make.an_accepted_participant(by=coordinator)
    asked = invite(group=group, participant=person, by=coordinator)
    answer(invitation=asked, answer="declined", by=person.user)
    anew = think_again(invitation=asked, by=person.user)
    assert anew.answer_by == asked.answer_by
    answer(invitation=anew, answer="declined", by=person.user)
    past = timezone.now() - timedelta(minutes=1)
    Invitation.objects.filter(pk=anew.pk).update(sent_at=past - timedelta(days=7), answer_by=past)
    Invitation.objects.filter(pk=asked.pk).update(sent_at=past - timedelta(days=8))
    with pytest.raises(DomainError) as late:
        think_again(invitation=anew, by=person.user)
    assert late.value.code == "place_gone"
    assert not Invitation.objects.open().exists()


def test_an_old_no_is_no_way_back_for_whom_a_coordinator_put_out(coordinator):
    """Declines what is offered, comes in another way, is put out, and takes the old answer back."""
    group = make.a_group(coordinator)
    person = make.an_accepted_participant(by=coordinator)
    asked = invite(group=group, participant=person, by=coordinator)
    answer(invitation=asked, answer="declined", by=person.user)
    place = add_member(group=group, participant=person, by=coordinator)
    leave_group(membership=place, by=coordinator)
    with pytest.raises(DomainError) as refused:
        think_again(invitation=asked, by=person.user)
    assert refused.value.code == "place_gone"
    assert not Invitation.objects.open().exists()


def test_an_offer_from_the_line_is_still_good_when_the_open_group_begins(coordinator):
    group = make.an_open_group(coordinator, max_size=2)
    first, second, third = open_people(3, coordinator)
    for person in (first, second, third):
        services_enrolling.enrol(group=group, participant=person, by=person.user)
    for _ in range(2):
        add_lead(group=group, user=make.a_facilitator(), role=LeadRole.FACILITATOR, by=coordinator)
    PeerGroup.objects.filter(pk=group.pk).update(min_size=1)
    leave_group(membership=Membership.objects.get(participant=first), by=first.user)
    (offer,) = services_enrolling.offer_next(group)
    establish(group=group, by=coordinator)
    offer.refresh_from_db()
    assert offer.state == InvitationState.OPEN
    assert QueuePlace.objects.get(participant=third).state == QueueState.OFFERED
    answer(invitation=offer, answer="accepted", by=third.user)
    assert Membership.objects.active().filter(group=group, participant=third).exists()


# --- Who must not meet ------------------------------------------------------------------------------


@pytest.fixture
def together(coordinator):
    """An established group, two of its members, and the pair that was noted afterwards."""
    group = make.a_formal_group(coordinator, members=5)
    one, other = (place.participant for place in group.memberships.all()[:2])
    group = establish(group=group, by=coordinator)
    return group, note_apart(participant=one, other=other.user, by=coordinator)


def test_whoever_had_to_give_way_reads_in_no_copy_that_it_was_for_safety(coordinator, together):
    """The one from whom the other is kept apart may be the one who goes: their own copy must not say why."""
    group, apart = together
    part_them(apart=apart, group=group, account=apart.other_id, by=coordinator)
    place = apart.other.participant.waiting_places.get()
    assert place.priority
    told = str(held_about(apart.other)).lower()
    for word in ("safety", "sécurité", "apart", "réunir"):
        assert word not in told, word


def test_pair_noted_while_one_is_only_asked_is_a_task_and_the_asking_can_be_ended(coordinator):
    """Else the one who is safe to come is refused for an invitation of the other's that nobody looks at."""
    group = make.a_group(coordinator)
    one, other = (make.an_accepted_participant(by=coordinator) for _ in range(2))
    mine = invite(group=group, participant=one, by=coordinator)
    theirs = invite(group=group, participant=other, by=coordinator)
    apart = note_apart(participant=one, other=other.user, by=coordinator)
    (found,) = conflicts(coordinator)
    assert (found.apart, found.group) == (apart.pk, group)
    there = browser(coordinator)
    assert there.get(reverse("desk:conflict", args=[apart.pk, group.pk])).status_code == 200
    part_them(apart=apart, group=group, account=other.user_id, by=coordinator)
    theirs.refresh_from_db()
    assert theirs.state == InvitationState.TAKEN_BACK
    assert conflicts(coordinator) == []
    assert answer(invitation=mine, answer="accepted", by=one.user).state == InvitationState.ACCEPTED


# --- Something happens during a search --------------------------------------------------------------


def test_whoever_withdraws_while_a_search_is_under_way_is_on_no_board_afterwards(coordinator):
    people = [make.a_waiting_person() for _ in range(5)]
    make.a_leading_person()
    forming = make.a_started_forming(coordinator, times=[1140])
    task = task_of(forming)
    found = propose_around(task.problem, task.kept, task.seeds, seconds=10)
    gone = people[2]
    withdraw(person=gone.user, purpose="taking_part", by=gone.user)
    assert not FormingPlace.objects.filter(participant=gone).exists()
    write_answer(forming, task, found)
    assert not FormingPlace.objects.filter(participant=gone).exists(), "thought of no more"
    assert FormingPlace.objects.filter(forming=forming, group__isnull=False).count() == 4


# --- Two files of one person ------------------------------------------------------------------------


def test_line_goes_on_when_two_files_become_one(coordinator):
    """Whoever gave up waiting under one file and waits under the other waits; nobody waits where they have a place."""
    full, other = (make.an_open_group(coordinator, kind="activity", max_size=1) for _ in range(2))
    kept, merged, guest, friend = open_people(4, coordinator)
    for group, person in ((full, guest), (full, kept), (full, merged), (other, friend), (other, merged)):
        services_enrolling.enrol(group=group, participant=person, by=person.user)
    services_enrolling.leave_queue(place=QueuePlace.objects.get(group=full, participant=kept), by=kept.user)
    leave_group(membership=Membership.objects.get(participant=friend), by=friend.user)
    invited = invite(group=other, participant=kept, by=coordinator)
    answer(invitation=invited, answer="accepted", by=kept.user)
    merge_files(kept=kept, merged=merged, by=coordinator)
    waits = QueuePlace.objects.filter(state=QueueState.WAITING)
    assert list(waits.values_list("group", "participant")) == [(full.pk, kept.pk)]


# --- No log, no page --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_property_05_no_access_row_no_page_of_a_group(coordinator):
    """Pages of groups with somebody on them: what is read before invitations leave, by who leads, by the person."""
    name = "Canari-De-Groupe"
    group = make.an_open_group(coordinator)
    person = make.an_accepted_participant(services=("informal",), by=coordinator, name=name)
    lead = make.a_facilitator()
    add_lead(group=group, user=lead, role=LeadRole.FACILITATOR, by=coordinator)
    services_enrolling.enrol(group=group, participant=person, by=person.user)
    forming = make.a_forming(coordinator)
    make.a_thought_of_group(forming, [make.a_waiting_person(name=name)])
    pages = [
        (coordinator, reverse("desk:forming", args=[forming.pk])),
        (coordinator, reverse("desk:forming_send", args=[forming.pk])),
        (coordinator, reverse("desk:group", args=[group.pk])),
        (lead, reverse("lead:group", args=[group.pk])),
        (person.user, reverse("my_sessions:group", args=[group.pk])),
        (person.user, reverse("my_sessions:groups")),
        (person.user, reverse("my_invitations:mine")),
    ]  # fmt: skip
    for account, path in pages:
        there = Browser(raise_request_exception=False)
        make.sign_in(there, account)
        assert there.get(path).status_code == 200, path
        with log_that_takes_nothing():
            answered = there.get(path)
        assert answered.status_code == 500, path
        assert name not in answered.content.decode()


# --- Many hands at once -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_sweeps_and_answers_at_once_give_no_place_twice_and_end_without_a_deadlock(coordinator):
    """Two beats, two tabs, a coordinator who invites and somebody who leaves, all at one moment."""
    group = make.a_group(coordinator, starts_on=timezone.localdate() + timedelta(days=60), start_time=time(18))
    day = group.starts_on.weekday() * 1440
    week = [(day + 17 * 60, day + 21 * 60)]
    people = [make.a_waiting_person(week=week, by=coordinator) for _ in range(8)]
    asked = [invite(group=group, participant=one, by=coordinator) for one in people[:4]]
    long_ago = timezone.now() - timedelta(days=8)
    for one in asked[:3]:
        Invitation.objects.filter(pk=one.pk).update(sent_at=long_ago, answer_by=long_ago + timedelta(days=7))
    yes = partial(answer, invitation=asked[3], answer="accepted", by=people[3].user)
    more = partial(invite, group=group, participant=people[7], by=coordinator)
    faults = all_at_once([*(lambda: mind(timezone.now()) for _ in range(4)), yes, yes, more])
    assert all(isinstance(fault, DomainError) for fault in faults), faults
    assert Membership.objects.active().filter(group=group).count() == 1
    assert Invitation.objects.filter(state=InvitationState.LAPSED).count() == 3
    offers = Invitation.objects.open().filter(group=group).values_list("participant", flat=True)
    assert set(offers) == {one.pk for one in people[4:]}, "three places, each offered once, and the coordinator's own"


def all_at_once(actions: list) -> list[Exception]:
    barrier, faults = Barrier(len(actions)), []

    def work(action) -> None:
        barrier.wait()
        try:
            action()
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


# --- More than a page asks for ----------------------------------------------------------------------


def test_property_29_forms_of_groups_change_only_what_they_ask_for(coordinator):
    other = make.with_role(make.a_user(), "administrator")
    group, formal = make.an_open_group(coordinator), make.a_group(coordinator)
    person = make.an_accepted_participant(services=("formal", "informal"), by=coordinator)
    desk, mine = browser(coordinator), browser(person.user)

    def post(there: Browser, name: str, row: models.Model, asked: dict, model: type[models.Model]) -> int:
        return there.post(reverse(name, args=[row.pk]), hostile(model, other) | asked).status_code

    place = {"link": "https://meet.example.org/a", "address": "", "revision": str(group.revision)}
    before = kept(group, *place, "asks_who_comes")
    assert post(desk, "desk:group_place", group, place, PeerGroup) == 302
    group.refresh_from_db()
    assert kept(group, *place, "asks_who_comes") == before
    assert post(desk, "desk:group_invite", formal, {"participant": str(person.pk)}, Invitation) == 302
    asked = Invitation.objects.get()
    assert (asked.group, asked.participant, asked.user, asked.state) == (formal, person, None, InvitationState.OPEN)
    assert (asked.sent_by, asked.kind, asked.reminded_at) == (coordinator, "formal", None)
    assert asked.answer_by < timezone.now() + timedelta(days=60)
    before = kept(asked, "state", "answered_at")
    assert post(mine, "my_invitations:one", asked, {"answer": "declined"}, Invitation) == 302
    asked.refresh_from_db()
    assert kept(asked, "state", "answered_at") == before
    assert post(mine, "my_sessions:enrol", group, {}, Membership) == 302
    member = Membership.objects.get()
    assert (member.group, member.participant, member.state, member.left_at) == (group, person, "member", None)
    assert member.shared_needs == []
    before = kept(member, "shared_needs")
    assert post(mine, "my_sessions:needs", group, {"needs": "captions"}, Membership) == 302
    member.refresh_from_db()
    assert (kept(member, "shared_needs"), member.shared_needs) == (before, ["captions"])


# --- A draft that has become old --------------------------------------------------------------------


def test_whoever_lives_elsewhere_by_now_is_named_and_the_group_stays_in_its_region(coordinator):
    """Else nothing of the draft can be sent, or the group is another region's, and nobody here may open it."""
    here, *moved = (make.a_waiting_person(by=coordinator) for _ in range(3))
    forming = make.a_forming(coordinator)
    make.a_thought_of_group(forming, [here, *moved])
    west = Region.objects.filter(program_region="PAC").first()
    keys = [one.pk for one in moved]
    Participant.objects.filter(pk__in=keys).update(region=west, program_region="PAC")
    with pytest.raises(PeopleTaken) as told:
        invite_forming(forming=forming, revision=forming.revision, by=coordinator)
    assert {one.account for one in told.value.people} == {one.user_id for one in moved}
    assert not PeerGroup.objects.exists()
    (group,) = invite_forming(
        forming=forming, revision=forming.revision, by=coordinator, without=[one.user_id for one in moved]
    )
    assert group.program_region_id == "QC"
    assert [one.participant for one in group.invitations.all()] == [here]
