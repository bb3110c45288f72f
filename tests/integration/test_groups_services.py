"""Forming, filling, leaving and establishing groups through the services ([PIA] rules 8 to 10)."""

from __future__ import annotations

from datetime import date, time

import pytest

from groups import hooks
from groups.choices import GroupKind, GroupState, LeadRole, MembershipState
from groups.models import GroupLead, KindSetting, Membership, PeerGroup
from groups.services import (
    add_lead,
    add_member,
    cancel,
    complete,
    create_group,
    end_memberships,
    establish,
    leave_group,
    remove_lead,
)  # fmt: skip
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden
from psp.models import ProgramRegion, Region
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


def refused(code, action, **arguments) -> DomainError:
    with pytest.raises(DomainError) as caught:
        action(**arguments)
    assert caught.value.code == code
    assert str(caught.value.message).endswith(".")
    return caught.value


def test_settings_are_loaded_with_the_published_sizes():
    rows = KindSetting.objects.all()
    found = {row.kind: (row.min_size, row.max_size, row.session_count, row.minutes) for row in rows}
    assert found["formal"] == (4, 10, 10, 90)
    assert found["informal"][2:] == (8, 90)
    assert found["activity"][2:] == (1, 90)


def test_group_keeps_the_sizes_that_held_when_it_was_made(coordinator):
    group = make.a_group(coordinator)
    KindSetting.objects.filter(kind="formal").update(max_size=8, session_count=9)
    group.refresh_from_db()
    assert (group.min_size, group.max_size, group.session_count, group.minutes) == (4, 10, 10, 90)
    assert make.a_group(coordinator).max_size == 8


def test_activity_may_have_two_sessions_and_not_three(coordinator):
    assert make.a_group(coordinator, kind=GroupKind.ACTIVITY, session_count=2).session_count == 2
    refused("session_count", make.a_group, by=coordinator, kind=GroupKind.ACTIVITY, session_count=3)


@pytest.mark.parametrize("name", ["Trauma circle", "Veterans on Tuesday", "Support group"])
def test_group_with_a_telling_name_is_refused(coordinator, name):
    error = refused("name_not_neutral", make.a_group, by=coordinator, name_en=name)
    assert error.field == "name_en"


def test_group_in_a_foreign_region_is_forbidden(coordinator):
    with pytest.raises(Forbidden):
        make.a_group(coordinator, program_region="ON", region="ON")


def test_province_of_another_program_region_is_refused(coordinator):
    refused("region_elsewhere", make.a_group, by=coordinator, region="ON")


def test_informal_group_follows_its_own_setting(coordinator):
    group = make.a_group(coordinator, kind=GroupKind.INFORMAL)
    assert (group.session_count, group.minutes) == (8, 90)


def test_member_is_added_and_noted(coordinator):
    group, person = make.a_group(coordinator), make.an_accepted_participant(by=coordinator)
    member = add_member(group=group, participant=person, by=coordinator)
    assert member.state == MembershipState.MEMBER
    entry = Entry.objects.get(model="groups.membership")
    assert (entry.action, entry.person, entry.object_id) == ("create", person.user_id, str(member.pk))


def test_same_person_twice_is_refused(coordinator):
    group, person = make.a_group(coordinator), make.an_accepted_participant(by=coordinator)
    add_member(group=group, participant=person, by=coordinator)
    refused("membership_once", add_member, group=group, participant=person, by=coordinator)


def test_eleventh_member_is_refused_and_nothing_lost(coordinator):
    group = make.a_formal_group(coordinator, members=10, leads=0)
    extra = make.an_accepted_participant(by=coordinator)
    error = refused("full", add_member, group=group, participant=extra, by=coordinator)
    assert "full" in str(error.message)
    assert Membership.objects.active().filter(group=group).count() == 10
    assert Membership.history.filter(group=group).count() == 10


def test_addition_to_an_established_group_is_refused_also_in_place_of_someone_who_left(coordinator):
    group = make.a_formal_group(coordinator, members=5)
    establish(group=group, by=coordinator)
    leave_group(membership=group.memberships.first(), by=coordinator)
    extra = make.an_accepted_participant(by=coordinator)
    refused("closed", add_member, group=group, participant=extra, by=coordinator)
    gone = group.memberships.get(state=MembershipState.LEFT)
    refused("closed", add_member, group=group, participant=gone.participant, by=coordinator)


def test_informal_group_stays_open_after_it_began(coordinator):
    group = make.a_group(coordinator, kind=GroupKind.INFORMAL)
    for _number in range(2):
        person = make.an_accepted_participant(services=["informal"], by=coordinator)
        add_member(group=group, participant=person, by=coordinator)
        add_lead(group=group, user=make.a_facilitator(), role=LeadRole.FACILITATOR, by=coordinator)
    establish(group=group, by=coordinator)
    later = make.an_accepted_participant(services=["informal"], by=coordinator)
    assert add_member(group=group, participant=later, by=coordinator).state == MembershipState.MEMBER


def test_person_accepted_for_another_kind_is_refused(coordinator):
    person = make.an_accepted_participant(services=["informal"], by=coordinator)
    refused("not_accepted", add_member, group=make.a_group(coordinator), participant=person, by=coordinator)


def test_person_without_consent_is_refused(coordinator):
    person = make.an_accepted_participant(by=coordinator)
    make.disagree(person.user)
    refused("no_consent", add_member, group=make.a_group(coordinator), participant=person, by=coordinator)


def test_person_of_a_foreign_region_is_forbidden(coordinator):
    person = make.an_accepted_participant("ON")
    with pytest.raises(Forbidden):
        add_member(group=make.a_group(coordinator), participant=person, by=coordinator)


@pytest.mark.parametrize("act", ["add_member", "establish", "cancel", "add_lead"])
def test_foreign_coordinator_is_forbidden(coordinator, act):
    group, stranger = make.a_formal_group(coordinator, members=4), make.a_coordinator("ON")
    actions = {
        "add_member": lambda: add_member(group=group, participant=make.an_accepted_participant(), by=stranger),
        "establish": lambda: establish(group=group, by=stranger),
        "cancel": lambda: cancel(group=group, by=stranger),
        "add_lead": lambda: add_lead(group=group, user=make.a_facilitator(), role="facilitator", by=stranger),
    }
    with pytest.raises(Forbidden):
        actions[act]()
    assert PeerGroup.objects.get(pk=group.pk).state == GroupState.FORMING


def test_three_person_establishment_is_refused_with_a_sentence_and_nothing_lost(coordinator):
    group = make.a_formal_group(coordinator, members=3)
    error = refused("too_few", establish, group=group, by=coordinator)
    assert "at least 4 people" in str(error.message)
    group.refresh_from_db()
    assert (group.state, group.memberships.active().count()) == (GroupState.FORMING, 3)


def test_establishment_without_a_facilitator_is_refused(coordinator):
    group = make.a_formal_group(coordinator, members=4, leads=0)
    add_lead(group=group, user=make.a_clinician(), role=LeadRole.CLINICIAN, by=coordinator)
    refused("too_few_facilitators", establish, group=group, by=coordinator)


def test_establishment_moves_the_group_and_is_noted(coordinator):
    group = make.a_formal_group(coordinator, members=4)
    done = establish(group=group, by=coordinator)
    assert (done.state, done.revision) == (GroupState.ESTABLISHED, 1)
    assert done.established_at is not None
    assert Entry.objects.filter(model="groups.peergroup", action="change", fields="state").exists()


def test_establishing_an_older_picture_of_the_group_is_a_conflict(coordinator):
    group = make.a_formal_group(coordinator, members=4)
    cancel(group=group, by=coordinator)
    with pytest.raises(Conflict):
        establish(group=group, by=coordinator, revision=0)


@pytest.mark.parametrize("end", [complete, cancel])
def test_ended_group_stays_ended(coordinator, end):
    group = make.a_formal_group(coordinator, members=4)
    establish(group=group, by=coordinator)
    end(group=group, by=coordinator)
    refused("group_never_back", cancel, group=group, by=coordinator)
    refused("ended", add_lead, group=group, user=make.a_facilitator(), role="facilitator", by=coordinator)
    refused("ended", add_member, group=group, participant=make.an_accepted_participant(), by=coordinator)


def test_forming_group_cannot_be_completed(coordinator):
    refused("group_never_back", complete, group=make.a_group(coordinator), by=coordinator)


def test_person_leaves_without_a_reason_and_twice_changes_nothing(coordinator):
    group = make.a_formal_group(coordinator, members=4)
    establish(group=group, by=coordinator)
    member = group.memberships.first()
    left = leave_group(membership=member, by=member.participant.user)
    assert left.state == MembershipState.LEFT
    assert leave_group(membership=member, by=member.participant.user).left_at == left.left_at
    assert Membership.history.filter(id=member.pk).count() == 2


def test_nobody_else_can_make_someone_leave(coordinator):
    group = make.a_formal_group(coordinator, members=2)
    one, other = group.memberships.all()
    for stranger in (other.participant.user, make.a_coordinator("ON"), make.a_facilitator(), make.an_analyst()):
        with pytest.raises(Forbidden):
            leave_group(membership=one, by=stranger)


def test_someone_who_left_while_it_forms_can_come_back(coordinator):
    group = make.a_formal_group(coordinator, members=1, leads=0)
    member = group.memberships.get()
    leave_group(membership=member, by=coordinator)
    again = add_member(group=group, participant=member.participant, by=coordinator)
    assert (again.pk, again.left_at) == (member.pk, None)


def test_withdrawn_consent_ends_every_place(coordinator):
    person = make.an_accepted_participant(services=["formal", "informal"], by=coordinator)
    for kind in ("formal", "informal"):
        add_member(group=make.a_group(coordinator, kind=kind), participant=person, by=coordinator)
    assert end_memberships(user=person.user, by=person.user) == 2
    assert not Membership.objects.active().filter(participant=person).exists()


def test_lead_needs_the_role(coordinator):
    group = make.a_group(coordinator)
    refused("lead_role", add_lead, group=group, user=make.an_analyst(), role="facilitator", by=coordinator)
    refused("lead_role", add_lead, group=group, user=make.a_facilitator(), role="clinician", by=coordinator)


def test_member_cannot_lead_and_lead_cannot_be_member(coordinator):
    group = make.a_group(coordinator)
    person = make.an_accepted_participant(by=coordinator)
    make.ready_to_lead(make.with_role(person.user, "supporter"))
    add_member(group=group, participant=person, by=coordinator)
    user = type(person.user).objects.get(pk=person.user_id)
    refused("member_of_group", add_lead, group=group, user=user, role="facilitator", by=coordinator)
    other = make.a_group(coordinator)
    add_lead(group=other, user=user, role="facilitator", by=coordinator)
    refused("leads_this_group", add_member, group=other, participant=person, by=coordinator)


def test_last_facilitator_of_an_established_group_stays(coordinator):
    group = make.a_formal_group(coordinator, members=4)
    establish(group=group, by=coordinator)
    lead = group.leads.get()
    refused("last_lead", remove_lead, lead=lead, by=coordinator)
    add_lead(group=group, user=make.a_facilitator(), role="facilitator", by=coordinator)
    remove_lead(lead=lead, by=coordinator)
    assert GroupLead.objects.filter(group=group).count() == 1


def test_same_lead_twice_is_refused(coordinator):
    group, lead = make.a_group(coordinator), make.a_facilitator()
    add_lead(group=group, user=lead, role="facilitator", by=coordinator)
    refused("lead_once", add_lead, group=group, user=lead, role="facilitator", by=coordinator)


def test_formal_group_never_gets_more_than_ten_places_whatever_the_setting_says(coordinator):
    KindSetting.objects.filter(kind="formal").update(max_size=12)
    refused("group_formal_at_most_10", make.a_group, by=coordinator)


def test_what_subscribers_refuse_did_not_happen(coordinator, monkeypatch):
    group = make.a_formal_group(coordinator, members=4)

    def fail(_group, by):
        raise DomainError("No.", code="no")

    monkeypatch.setattr(hooks, "_on_established", [fail])
    refused("no", establish, group=group, by=coordinator)
    assert PeerGroup.objects.get(pk=group.pk).state == GroupState.FORMING


def test_create_group_takes_wall_clock_and_zone_as_given(coordinator):
    group = create_group(
        by=coordinator, kind="formal", program_region=ProgramRegion.objects.get(code="QC"),
        region=Region.objects.get(code="QC"), language="en", modality="virtual", name_en=" Wednesdays ",
        name_fr="Les mercredis", starts_on=date(2027, 3, 10), start_time=time(18, 30),
        time_zone="America/Blanc-Sablon",
    )  # fmt: skip
    assert (group.name_en, group.start_time.hour, group.time_zone) == ("Wednesdays", 18, "America/Blanc-Sablon")


def test_withdrawing_through_the_consent_app_ends_places_and_other_purposes_do_not(coordinator):
    from consent.services import withdraw

    group = make.a_formal_group(coordinator, members=1, leads=0)
    user = group.memberships.get().participant.user
    make.agree(user, "results")
    withdraw(person=user, purpose="results")
    assert group.memberships.active().count() == 1
    withdraw(person=user, purpose="taking_part")
    assert group.memberships.active().count() == 0
