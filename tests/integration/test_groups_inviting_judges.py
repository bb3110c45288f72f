"""The database as the last judge of invitations: each constraint and trigger by its name, in plain SQL."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from groups.models import Invitation, PeerGroup
from groups.services import add_member
from groups.services_inviting import answer, invite, take_back
from intake.services_apart import note_apart
from psp.errors import DomainError
from tests import factories as make
from tests.integration.test_groups_judges import MEMBER, judge

pytestmark = pytest.mark.django_db
INVITATION = """INSERT INTO groups_invitation (id, group_id, kind, participant_id, role, state, sent_at, answer_by)
                VALUES (gen_random_uuid(), %s, 'formal', %s, '', 'open', now(), now() + interval '7 days')"""
TO_LEAD = """INSERT INTO groups_invitation (id, group_id, kind, user_id, role, state, sent_at, answer_by)
             VALUES (gen_random_uuid(), %s, 'formal', %s, 'facilitator', 'open', now(), now() + interval '7 days')"""
CHANGE = "UPDATE groups_invitation SET {} WHERE id = %s"


@pytest.fixture
def coordinator(db):
    return make.a_coordinator("QC")


@pytest.fixture
def group(coordinator):
    return make.a_formal_group(coordinator, members=4)


@pytest.fixture
def invitation(coordinator, group):
    return invite(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)


def test_property_36_invitation_group_full(coordinator, group):
    for _place in range(6):
        invite(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    assert judge(INVITATION, group.pk, make.a_participant().pk) == "invitation_group_full"
    assert judge(MEMBER, group.pk, make.a_participant().pk) == "membership_group_full"


@pytest.mark.parametrize("state", ["established", "cancelled", "completed"])
def test_property_36_invitation_group_open(group, state):
    PeerGroup.objects.filter(pk=group.pk).update(state="established")
    PeerGroup.objects.filter(pk=group.pk).update(state=state)
    assert judge(INVITATION, group.pk, make.a_participant().pk) == "invitation_group_open"
    assert judge(TO_LEAD, group.pk, make.a_facilitator().pk) == "invitation_group_open"


@pytest.mark.parametrize("state", ["established", "cancelled"])
def test_group_no_open_invitations(group, invitation, state):
    change = "UPDATE groups_peergroup SET state = %s WHERE id = %s"
    assert judge(change, state, group.pk) == "group_no_open_invitations"


def test_invitation_answer_final(coordinator, invitation):
    take_back(invitation=invitation, by=coordinator)
    for state in ("open", "accepted"):
        assert judge(CHANGE.format("state = %s"), state, invitation.pk) == "invitation_answer_final"


def test_invitation_stays_put(coordinator, invitation):
    other = make.a_group(coordinator)
    assert judge(CHANGE.format("group_id = %s"), other.pk, invitation.pk) == "invitation_stays_put"
    assert judge(CHANGE.format("kind = 'informal'"), invitation.pk) == "invitation_stays_put"
    assert judge(CHANGE.format("participant_id = %s"), make.a_participant().pk, invitation.pk) == "invitation_stays_put"
    lead = make.a_facilitator()
    passed_on = CHANGE.format("participant_id = NULL, user_id = %s, role = 'facilitator'")
    assert judge(passed_on, lead.pk, invitation.pk) == "invitation_stays_put"


def test_invitation_kind_of_group(coordinator):
    group = make.a_group(coordinator, kind="informal")
    assert judge(INVITATION, group.pk, make.a_participant().pk) == "invitation_kind_of_group"


def test_invitation_kept_apart(coordinator, group, invitation):
    member, asked = group.memberships.first().participant, invitation.participant
    lead = group.leads.get().user
    for other in (member.user, asked.user, lead):
        person = make.a_participant()
        note_apart(participant=person, other=other, by=coordinator)
        assert judge(INVITATION, group.pk, person.pk) == "invitation_kept_apart"
        assert judge(MEMBER, group.pk, person.pk) == "membership_kept_apart"
    leader = make.a_facilitator()
    note_apart(participant=asked, other=leader, by=coordinator)
    assert judge(TO_LEAD, group.pk, leader.pk) == "invitation_kept_apart"


def test_invitation_one_formal(coordinator, invitation):
    other = make.a_group(coordinator)
    assert judge(INVITATION, other.pk, invitation.participant_id) == "invitation_one_formal"


def test_invitation_open_once(coordinator):
    group = make.a_group(coordinator, kind="informal")
    person = make.an_accepted_participant(services=("informal",), by=coordinator)
    invite(group=group, participant=person, by=coordinator)
    assert judge(INVITATION.replace("'formal'", "'informal'"), group.pk, person.pk) == "invitation_open_once"


def test_invitation_lead_open_once(coordinator, group):
    lead = make.a_facilitator()
    invite(group=group, user=lead, role="facilitator", by=coordinator)
    assert judge(TO_LEAD, group.pk, lead.pk) == "invitation_lead_open_once"


def test_invitation_shape(invitation):
    assert judge(CHANGE.format("state = 'perhaps'"), invitation.pk) == "invitation_state_known"
    assert judge(CHANGE.format("role = 'facilitator'"), invitation.pk) == "invitation_to_one"
    assert judge(CHANGE.format("answer_by = sent_at"), invitation.pk) == "invitation_leaves_time"


# --- Many at once ---


def all_at_once(actions) -> list[str]:
    """The code with which each was refused, "" where it was not."""
    start, found = Barrier(len(actions)), [""] * len(actions)

    def run(number, act):
        try:
            start.wait()
            act()
        except DomainError as error:
            found[number] = error.code
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=item) for item in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_property_36_the_last_place_is_promised_or_given_once():
    coordinator = make.a_coordinator("QC")
    group = make.a_formal_group(coordinator, members=8)
    asked = make.an_accepted_participant(by=coordinator)
    invitation = invite(group=group, participant=asked, by=coordinator)
    people = [make.an_accepted_participant(by=coordinator) for _number in range(8)]
    acts: list[Any] = [
        lambda person=person: invite(group=group, participant=person, by=coordinator) for person in people[:4]
    ]
    acts += [lambda person=person: add_member(group=group, participant=person, by=coordinator) for person in people[4:]]
    acts += [lambda: answer(invitation=invitation, answer="accepted", by=asked.user)] * 2
    found = all_at_once(acts)
    assert sum(not code for code in found) == 2, found
    members = group.memberships.active().count()
    assert members + Invitation.objects.open().filter(group=group).count() == 10
    assert group.memberships.active().filter(participant=asked).exists()
