"""Who may lead, as the database knows it, and what each reader is told when somebody may not ([NH] rules 24 to 35)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from groups.choices import InvitationState, LeadRole
from groups.models import GroupLead, LeadProfile
from groups.refusals import KNOWN_APART, SENTENCES
from groups.services import add_lead, add_member
from groups.services_inviting import answer, invite, think_again
from intake.services_apart import note_apart
from psp.choices import Role
from psp.errors import DomainError
from sessions.models import GroupSession
from supporters.choices import LeaveKind, MeetingKind, TextKind
from supporters.joining.former import key_of
from supporters.may_lead.standing import Adding, missing, standings
from supporters.models import (
    Acknowledgement,
    CareSetting,
    Course,
    FormerTie,
    Leave,
    Limits,
    Pairing,
    Pause,
    ProgramText,
    Qualification,
    Readiness,
    SupervisionMeeting,
)
from supporters.rules import Lacks, Lived
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def coordinator():
    return make.a_coordinator()


def lacks(user, **fields) -> list[Lacks]:
    return [one.lacks for one in missing((user.pk,), TODAY(), **fields)[user.pk]]


def days(number: int):
    return TODAY() + timedelta(days=number)


# What is known ------------------------------------------------------------------------------------------------


def test_facilitator_of_the_tests_may_lead_and_newcomer_lacks_everything_that_takes_time():
    assert lacks(make.a_facilitator()) == []
    assert {Lacks.AGREEMENT, Lacks.NOT_READY, Lacks.NO_SUPERVISOR} <= set(lacks(make.a_newcomer()))


def test_new_version_of_the_agreement_is_missing_until_it_is_acknowledged():
    lead = make.a_facilitator()
    newest = ProgramText.objects.current("supporter").number
    ProgramText.objects.create(
        kind="supporter", number=newest + 1, title_en="T", title_fr="T", sections=[], published_at=timezone.now()
    )  # fmt: skip
    (piece,) = missing((lead.pk,), TODAY())[lead.pk]
    assert (piece.lacks, piece.number) == (Lacks.AGREEMENT, newest + 1)
    make.acknowledge(lead, "supporter")
    assert lacks(lead) == []


def test_draft_of_a_new_version_asks_nothing():
    lead = make.a_facilitator()
    ProgramText.objects.create(kind="supporter", number=99, title_en="T", title_fr="T", sections=[])
    assert lacks(lead) == []


def test_newest_conversation_before_leading_counts():
    lead, by = make.a_facilitator(), make.a_supervisor()
    Readiness.objects.create(
        user=lead, ready_for="leading", reviewer=by, held_on=TODAY(), outcome="not_now", look_again_on=days(30)
    )  # fmt: skip
    (piece,) = missing((lead.pk,), TODAY())[lead.pk]
    assert (piece.lacks, piece.on) == (Lacks.NOT_READY, days(30))


def test_ready_for_the_training_is_not_ready_to_lead():
    lead, by = make.a_newcomer(), make.a_supervisor()
    Readiness.objects.create(user=lead, ready_for="training", reviewer=by, held_on=TODAY(), outcome="ready")
    assert Lacks.NOT_READY in lacks(lead)


def test_renewal_of_a_needed_course_counts_and_the_expired_one_before_does_not_harm():
    lead = make.a_facilitator()
    course = Course.objects.create(code="crisis", name_en="Crisis", name_fr="Crise", needed=True)
    assert lacks(lead) == [Lacks.NOT_TRAINED]
    Qualification.objects.create(user=lead, course=course, completed_on=days(-400), expires_on=days(-35))
    (piece,) = missing((lead.pk,), TODAY())[lead.pk]
    assert (piece.lacks, piece.on, piece.what) == (Lacks.TRAINING_EXPIRED, days(-35), "crisis")
    Qualification.objects.create(user=lead, course=course, completed_on=days(-30), expires_on=days(335))
    assert lacks(lead) == []


def test_supervision_is_overdue_until_a_meeting_that_counts():
    lead = make.a_facilitator()
    Pairing.objects.filter(user=lead).update(since=days(-40))
    (piece,) = missing((lead.pk,), TODAY())[lead.pk]
    assert (piece.lacks, piece.number) == (Lacks.SUPERVISION_OVERDUE, 26)
    met = {"user": lead, "supervisor": make.the_supervisor(), "minutes": 30, "held_on": days(-1)}
    SupervisionMeeting.objects.create(kind=MeetingKind.CHECK_IN, **met)
    assert lacks(lead) == [Lacks.SUPERVISION_OVERDUE]
    SupervisionMeeting.objects.create(kind=MeetingKind.GROUP, **met)
    assert lacks(lead) == []


def test_closed_account_supervises_nobody():
    supervisor = make.a_supervisor()
    lead = make.ready_to_lead(make.a_newcomer(), supervisor=supervisor)
    assert lacks(lead) == []
    supervisor.is_active = False
    supervisor.save()
    assert lacks(lead) == [Lacks.NO_SUPERVISOR]


def test_pause_and_leave_hold_while_they_last():
    lead = make.a_facilitator()
    pause = Pause.objects.create(user=lead)
    Leave.objects.create(
        user=lead, kind=LeaveKind.SICK, first_day=TODAY(), last_day=days(2), noted_by=make.the_supervisor()
    )
    assert lacks(lead) == [Lacks.PAUSED, Lacks.ON_LEAVE]
    Pause.objects.filter(pk=pause.pk).update(ended_at=timezone.now())
    assert lacks(lead) == [Lacks.ON_LEAVE]
    assert [one.lacks for one in missing((lead.pk,), days(3))[lead.pk]] == []
    for state in ("other", "back"):
        Leave.objects.filter(user=lead).update(state=state)
        assert lacks(lead) == [], state


def test_clinician_needs_the_agreement_of_the_team_and_no_supervision():
    clinician, unread = make.a_clinician(), make.a_new_clinician()
    assert lacks(clinician, staff=(clinician.pk,)) == []
    assert lacks(unread, staff=(unread.pk,)) == [Lacks.AGREEMENT]


@pytest.mark.parametrize(("own", "now", "limit"), [(None, 2, 2), (1, 2, 1), (5, 2, 2)])
def test_lower_of_the_programs_and_the_persons_limit_counts(coordinator, own, now, limit):
    lead = make.a_facilitator()
    if own is not None:
        LeadProfile.objects.create(user=lead, max_groups=own)
    GroupLead.objects.create(group=make.a_group(coordinator), user=lead, role="facilitator")
    found = standings((lead.pk,), TODAY(), adding=Adding())[lead.pk]
    assert (found.groups.now, found.groups.limit) == (now, limit)


def test_group_that_is_over_is_led_no_more(coordinator):
    lead, group = make.a_facilitator(), make.a_group(coordinator)
    GroupLead.objects.create(group=group, user=lead, role="facilitator")
    group.state = "cancelled"
    group.save()
    assert standings((lead.pk,), TODAY())[lead.pk].groups.now == 0


def test_fullest_week_of_what_is_led_and_added_counts(coordinator):
    lead, group = make.a_facilitator(), make.a_group(coordinator)
    GroupLead.objects.create(group=group, user=lead, role="facilitator")
    start = timezone.now().replace(hour=15) + timedelta(days=7 - TODAY().weekday())
    GroupSession.objects.create(group=group, number=1, starts_at=start, ends_at=start + timedelta(hours=2))
    later = start + timedelta(days=1)
    adding = Adding(dates=((later, later + timedelta(hours=2)), (later + timedelta(days=14),) * 2))
    found = standings((lead.pk,), TODAY(), adding=adding)[lead.pk]
    assert (found.sessions.now, found.sessions.limit) == (2, 3)
    # Two sessions of two hours, an hour for preparing and debriefing each, and half a supervision meeting.
    assert (found.hours.now, found.hours.limit) == (7, 15)
    Limits.objects.create(user=lead, sessions_week=1, hours_week=6)
    assert lacks(lead, adding=adding) == [Lacks.SESSIONS, Lacks.HOURS]


def test_many_are_as_each_alone(coordinator):
    """With everything that can be missing, for each on their own and for all at once."""
    course = Course.objects.create(code="crisis", name_en="Crisis", name_fr="Crise", needed=True)
    people = [make.a_facilitator() for _one in range(4)] + [make.a_newcomer(), make.a_new_clinician()]
    member = make.an_accepted_participant(by=coordinator)
    Qualification.objects.create(user=people[0], course=course, completed_on=days(-9), expires_on=days(-2))
    Pause.objects.create(user=people[1])
    Limits.objects.create(user=people[2], sessions_week=0)
    note_apart(participant=member, other=people[2], by=coordinator)
    FormerTie.objects.create(user=people[3], key=key_of(member.user_id))
    for one in people[:3]:
        GroupLead.objects.create(group=make.a_group(coordinator), user=one, role="facilitator")
    soon = timezone.now() + timedelta(days=20)
    adding = Adding(members=frozenset([member.user_id]), dates=((soon, soon + timedelta(hours=2)),))
    keys, staff = [one.pk for one in people], (people[5].pk,)
    together = standings(keys, TODAY(), staff=staff, adding=adding)
    alone = {key: standings((key,), TODAY(), staff=staff, adding=adding)[key] for key in keys}
    assert together == alone
    assert together[people[2].pk].apart == 1
    assert together[people[3].pk].cohort == 1
    assert together[people[5].pk].lived is Lived.NO


def test_number_of_questions_is_the_same_for_one_and_for_many(coordinator):
    member = make.an_accepted_participant(by=coordinator)
    soon = timezone.now() + timedelta(days=20)
    adding = Adding(members=frozenset([member.user_id]), dates=((soon, soon + timedelta(hours=2)),))
    people = [make.a_facilitator().pk for _one in range(6)]
    counts = []
    for asked in (people[:1], people):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            standings(asked, TODAY(), adding=adding)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25


# Asked before somebody leads ------------------------------------------------------------------------------------


def refusal(act, *args, **fields) -> DomainError:
    with pytest.raises(DomainError) as caught:
        act(*args, **fields)
    return caught.value


def test_assigning_names_everything_that_a_coordinator_can_act_on(coordinator):
    newcomer = make.a_newcomer()
    error = refusal(add_lead, group=make.a_group(coordinator), user=newcomer, role="facilitator", by=coordinator)
    assert error.code == "may_not_lead"
    assert "role agreement is not acknowledged" in error.message
    assert error.message.count("settled with their supervisor") == 1
    assert not GroupLead.objects.filter(user=newcomer).exists()


def test_coordinator_cannot_tell_a_pause_from_a_leave(coordinator):
    paused, away = make.a_facilitator(), make.a_facilitator()
    Pause.objects.create(user=paused)
    Leave.objects.create(
        user=away, kind=LeaveKind.SICK, first_day=TODAY(), last_day=days(5), noted_by=make.the_supervisor()
    )
    said = {
        refusal(act, group=make.a_group(coordinator), user=one, role="facilitator", by=coordinator).message
        for one in (paused, away)
        for act in (add_lead, invite)
    }
    assert said == {"This person is not available now."}


def test_coordinator_cannot_tell_late_supervision_from_not_being_ready(coordinator):
    late, unready = make.a_facilitator(), make.a_facilitator()
    Pairing.objects.filter(user=late).update(since=days(-50))
    Readiness.objects.filter(user=unready).delete()
    group = make.a_group(coordinator)
    said = {refusal(add_lead, group=group, user=one, role="facilitator", by=coordinator).message
            for one in (late, unready)}  # fmt: skip
    assert len(said) == 1


def test_third_group_at_once_is_refused_with_the_numbers(coordinator):
    lead = make.a_facilitator()
    for _one in range(2):
        GroupLead.objects.create(group=make.a_group(coordinator), user=lead, role="facilitator")
    error = refusal(add_lead, group=make.a_group(coordinator), user=lead, role="facilitator", by=coordinator)
    assert error.message == "With one more group they would lead 3 at once; the limit is 2."


def test_refusal_is_written_in_both_languages(coordinator):
    newcomer, group = make.a_newcomer(), make.a_group(coordinator)
    with translation.override("fr"):
        french = refusal(add_lead, group=group, user=newcomer, role="facilitator", by=coordinator).message
    english = refusal(add_lead, group=group, user=newcomer, role="facilitator", by=coordinator).message
    assert not set(french.split(". ")) & set(english.split(". "))


def test_whoever_may_not_know_of_a_pair_reads_a_sentence_with_many_reasons(coordinator):
    elsewhere = make.a_coordinator("ON")
    lead, member = make.a_facilitator(), make.an_accepted_participant(by=coordinator)
    group = make.a_group(coordinator)
    add_member(group=group, participant=member, by=coordinator)
    note_apart(participant=member, other=lead, by=coordinator)
    knows = refusal(add_lead, group=group, user=lead, role="facilitator", by=coordinator)
    assert (knows.code, str(knows.message)) == ("lead_kept_apart", str(KNOWN_APART))
    make.with_role(elsewhere, "coordinator", "QC")
    other_region(lead, member)
    unaware = refusal(add_lead, group=group, user=lead, role="facilitator", by=coordinator)
    assert str(unaware.message) == str(SENTENCES["lead_kept_apart"])


def other_region(lead, member) -> None:
    """As if coordinators of another region had noted it."""
    from intake.models import KeepApart

    KeepApart.objects.filter(person=member.user, other=lead).update(program_region_id="ON")


def test_nobody_at_all_is_told_of_a_former_cohort(coordinator):
    lead, member = make.a_facilitator(), make.an_accepted_participant(by=coordinator)
    group = make.a_group(coordinator)
    add_member(group=group, participant=member, by=coordinator)
    FormerTie.objects.create(user=lead, key=key_of(member.user_id))
    error = refusal(add_lead, group=group, user=lead, role="facilitator", by=coordinator)
    assert (error.code, str(error.message)) == ("lead_kept_apart", str(SENTENCES["lead_kept_apart"]))


def test_what_is_hidden_is_not_hinted_at_beside_other_pieces(coordinator):
    """The same words with and without a pair that the reader may not know of."""
    lead, member = make.a_newcomer(), make.an_accepted_participant(by=coordinator)
    group = make.a_group(coordinator)
    add_member(group=group, participant=member, by=coordinator)
    before = refusal(add_lead, group=group, user=lead, role="facilitator", by=coordinator)
    note_apart(participant=member, other=lead, by=coordinator)
    other_region(lead, member)
    FormerTie.objects.create(user=lead, key=key_of(member.user_id))
    after = refusal(add_lead, group=group, user=lead, role="facilitator", by=coordinator)
    assert (before.code, before.message, before.field) == (after.code, after.message, after.field)


# Saying yes oneself -----------------------------------------------------------------------------------------------


def asked_to_lead(coordinator, lead):
    return invite(group=make.a_group(coordinator), user=lead, role=LeadRole.FACILITATOR, by=coordinator)


def test_own_yes_tells_what_is_missing_and_leaves_the_question_open(coordinator):
    lead = make.a_facilitator()
    invitation = asked_to_lead(coordinator, lead)
    Pairing.objects.filter(user=lead).update(since=days(-30))
    Pause.objects.create(user=lead)
    error = refusal(answer, invitation=invitation, answer="accepted", by=lead)
    assert "late by 16 days" in error.message
    assert "You have paused" in error.message
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.OPEN
    Pairing.objects.filter(user=lead).update(since=TODAY())
    Pause.objects.filter(user=lead).delete()
    answer(invitation=invitation, answer="accepted", by=lead)
    assert GroupLead.objects.filter(user=lead).exists()


def test_own_yes_of_somebody_kept_apart_is_told_no_more_than_that_the_place_is_gone(coordinator):
    lead, member = make.a_facilitator(), make.an_accepted_participant(by=coordinator)
    invitation = asked_to_lead(coordinator, lead)
    add_member(group=invitation.group, participant=member, by=coordinator)
    note_apart(participant=member, other=lead, by=coordinator)
    answer(invitation=invitation, answer="accepted", by=lead)
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.TAKEN_BACK
    assert not GroupLead.objects.filter(user=lead).exists()


def test_second_thought_is_told_what_is_missing_too(coordinator):
    lead = make.a_facilitator()
    invitation = asked_to_lead(coordinator, lead)
    answer(invitation=invitation, answer="declined", by=lead)
    pause = Pause.objects.create(user=lead)
    error = refusal(think_again, invitation=invitation, by=lead)
    assert error.code == "may_not_lead"
    pause.delete()
    assert think_again(invitation=invitation, by=lead).state == InvitationState.OPEN


def test_who_wants_to_be_proposed_for_nothing_is_not_asked_and_may_say_yes(coordinator):
    """A wish of their own does not stand in their own way."""
    lead = make.a_facilitator()
    invitation = asked_to_lead(coordinator, lead)
    LeadProfile.objects.create(user=lead, paused=True, max_groups=2)
    error = refusal(add_lead, group=make.a_group(coordinator), user=lead, role="facilitator", by=coordinator)
    assert error.message == "This person is not available now."
    answer(invitation=invitation, answer="accepted", by=lead)
    assert GroupLead.objects.filter(user=lead).count() == 1


def test_role_of_a_clinician_takes_no_peer_supporter_past_readiness(coordinator):
    lead = make.acknowledge(make.with_role(make.a_newcomer(), Role.CLINICIAN), TextKind.AGREEMENT_STAFF)
    group = make.a_group(coordinator)
    assert refusal(add_lead, group=group, user=lead, role="clinician", by=coordinator).code == "may_not_lead"
    add_lead(group=group, user=make.ready_to_lead(lead), role="clinician", by=coordinator)


def test_program_asks_clinicians_for_the_agreement_of_the_team(coordinator):
    group, unread = make.a_group(coordinator), make.a_new_clinician()
    error = refusal(add_lead, group=group, user=unread, role="clinician", by=coordinator)
    assert error.code == "may_not_lead"
    add_lead(group=group, user=make.a_clinician(), role="clinician", by=coordinator)


def test_settings_of_the_program_move_the_limits(coordinator):
    lead = make.a_facilitator()
    CareSetting.objects.update(max_groups=1)
    add_lead(group=make.a_group(coordinator), user=lead, role="facilitator", by=coordinator)
    error = refusal(add_lead, group=make.a_group(coordinator), user=lead, role="facilitator", by=coordinator)
    assert "would lead 2 at once; the limit is 1" in error.message


def test_acknowledging_is_kept_with_the_account_and_nobody_elses(coordinator):
    one, other = make.a_facilitator(), make.a_newcomer()
    assert set(Acknowledgement.objects.values_list("user_id", flat=True)) == {one.pk}
    assert Lacks.AGREEMENT in lacks(other)


@pytest.mark.parametrize(("state", "kept_away"), [("asked", True), ("sure", True), ("other", False), ("back", False)])
def test_leave_that_was_taken_back_or_not_agreed_to_keeps_nobody_away(state, kept_away):
    lead, supervisor = make.a_facilitator(), make.the_supervisor()
    decided = {"decided_by": supervisor, "decided_at": timezone.now()} if state in ("sure", "other") else {}
    Leave.objects.create(
        user=lead, kind=LeaveKind.PAID, first_day=TODAY(), last_day=days(2), noted_by=lead, state=state, **decided
    )
    assert lacks(lead) == ([Lacks.ON_LEAVE] if kept_away else [])
