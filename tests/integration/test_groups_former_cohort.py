"""Nobody comes into a group that is led by somebody from an earlier group of theirs, by whatever door ([NH] rule 34):
who leads was asked before; these are the doors by which people come in afterwards. Nobody reads why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from groups import enrolling, services_enrolling, services_inviting
from groups.arrangement import arrangement_of, may_join, may_lead
from groups.choices import LeadRole
from groups.forming_checks import Misfit
from groups.forming_problem import task_of
from groups.models import FormingPlace, Invitation, Membership, PeerGroup
from groups.next_offers import next_ones
from groups.pool import pool_of
from groups.refusals import SENTENCES
from groups.services import add_lead, add_member
from intake.models import Participant
from psp.errors import DomainError
from psp.models import User
from sessions.models import Attendance, GroupSession
from sessions.services_drop_in import come_by_code, make_code
from supporters.joining.former import ties_of
from supporters.joining.services_former import participant_says, supporter_says
from supporters.models import FormerTie, Supporter
from tests import factories as make

pytestmark = pytest.mark.django_db

SAID = str(SENTENCES["membership_kept_apart"])


@pytest.fixture
def coordinator() -> User:
    return make.a_coordinator("QC")


def were_together(member: Participant, by: User) -> Participant:
    """The earlier identity of whoever leads now, in a group with this member."""
    earlier = make.a_participant()
    group = make.a_formal_group(by, leads=0)
    for one in (earlier, member):
        Membership.objects.create(group=group, participant=one, state="left", left_at=timezone.now())
    return earlier


def became(lead: User, earlier: Participant) -> User:
    rows = [FormerTie(user=lead, key=key, own=own) for key, own in ties_of(earlier.user_id).items()]
    FormerTie.objects.bulk_create(rows)
    return lead


def refused(act: Callable[[], Any]) -> DomainError:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value


def led_by_old_companion(group: PeerGroup, member: Participant, by: User) -> User:
    lead = make.a_facilitator()
    add_lead(group=group, user=lead, role=LeadRole.FACILITATOR, by=by)
    return became(lead, were_together(member, by))


def test_given_place_and_invitation_are_refused_in_words_with_many_reasons(coordinator):
    group, member = make.a_group(coordinator), make.an_accepted_participant(by=coordinator)
    led_by_old_companion(group, member, coordinator)
    for act in (
        lambda: add_member(group=group, participant=member, by=coordinator),
        lambda: services_inviting.invite(group=group, participant=member, by=coordinator),
    ):
        assert (refused(act).code, str(refused(act).message)) == ("membership_kept_apart", SAID)
    stranger = make.an_accepted_participant(by=coordinator)
    add_member(group=group, participant=stranger, by=coordinator)


def test_yes_to_an_old_invitation_gives_no_place_and_says_only_that_it_is_gone(coordinator):
    group, member = make.a_group(coordinator), make.an_accepted_participant(by=coordinator)
    asked = services_inviting.invite(group=group, participant=member, by=coordinator)
    led_by_old_companion(group, member, coordinator)
    said = services_inviting.answer(invitation=asked, answer="accepted", by=member.user)
    assert said.state == "taken_back"
    assert not Membership.objects.active().filter(group=group).exists()


def test_who_is_asked_to_lead_counts_as_whoever_leads(coordinator):
    group, member = make.a_group(coordinator), make.an_accepted_participant(by=coordinator)
    lead = make.a_facilitator()
    services_inviting.invite(group=group, user=lead, role=LeadRole.FACILITATOR, by=coordinator)
    became(lead, were_together(member, coordinator))
    assert refused(lambda: add_member(group=group, participant=member, by=coordinator)).code == "membership_kept_apart"


def test_both_who_would_meet_again_do(coordinator):
    group, member = make.a_group(coordinator), make.an_accepted_participant(by=coordinator)
    lead = led_by_old_companion(group, member, coordinator)
    supporter = Supporter.objects.create(user=lead, program_region_id="QC")
    for say in (supporter_says, participant_says):
        say(supporter=supporter, participant=member, by=coordinator, yes=True)
    add_member(group=group, participant=member, by=coordinator)


def test_open_group_is_not_among_those_that_one_may_enrol_in(coordinator):
    group, member = make.an_open_group(coordinator), make.an_accepted_participant(services=("informal",))
    other = make.an_open_group(coordinator, name_en="Friday evenings", name_fr="Les vendredis soir")
    led_by_old_companion(group, member, coordinator)
    assert list(enrolling.open_to(member)) == [other]
    assert refused(
        lambda: services_enrolling.enrol(group=group, participant=member, by=member.user)
    ).code == "not_open"  # fmt: skip


def test_code_at_the_door_opens_no_session_of_theirs(coordinator):
    now = timezone.now()
    group, member = make.a_group(coordinator, kind="informal"), make.an_accepted_participant(services=("informal",))
    lead = led_by_old_companion(group, member, coordinator)
    session = GroupSession.objects.create(group=group, number=1, starts_at=now, ends_at=now + timedelta(hours=1))
    _made, code = make_code(participant=member, by=member.user)
    assert come_by_code(session=session, code=code, by=lead) is False
    assert not Attendance.objects.exists()


def test_draft_puts_them_in_no_group_together_from_either_side(coordinator):
    forming = make.a_started_forming(coordinator)
    member, lead = make.a_waiting_person(), make.a_leading_person()
    became(lead, were_together(member, coordinator))
    pair = tuple(sorted((str(member.user_id), str(lead.pk))))
    assert pool_of(forming, search=True).apart == (pair,)
    assert task_of(forming).problem.keep_apart == (pair,)
    led = make.a_thought_of_group(forming, [], [lead])
    place = FormingPlace.objects.create(forming=forming, participant=member, waiting_since=timezone.now())
    assert Misfit.ELSEWHERE in may_join(forming, place, led)
    full = make.a_thought_of_group(forming, [make.a_waiting_person()])
    place.group = full
    place.save()
    assert Misfit.ELSEWHERE in may_lead(forming, lead, full, LeadRole.FACILITATOR)
    arranged = make.a_thought_of_group(forming, [make.a_waiting_person()], [lead])
    FormingPlace.objects.filter(pk=place.pk).update(group=arranged)
    misfits = arrangement_of(forming).group(arranged.pk).misfits
    assert Misfit.ELSEWHERE in misfits[member.user_id]


def test_nobody_is_offered_what_they_would_be_refused(coordinator):
    group = make.a_group(coordinator)
    member, next_one = (make.a_waiting_person(week=((0, 7 * 1440),)) for _one in range(2))
    assert set(next_ones(group)) == {member, next_one}
    led_by_old_companion(group, member, coordinator)
    assert set(next_ones(group)) == {next_one}
    assert not Invitation.objects.exists()
