"""Groups that are thought of: who is in the pool, what the engine answers, and what hands change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from consent.services import withdraw
from groups.arrangement import arrangement_of
from groups.choices import FormingState, LeadRole, RunState
from groups.forgetting import erase
from groups.forming_checks import Misfit
from groups.forming_run import carry_out
from groups.forming_words import misfit_sentence, why_unplaced
from groups.models import Forming, FormingGroup, FormingLead, FormingPlace, Invitation
from groups.pool import pool_of, problem_of
from groups.privacy_forming import WHY, thought_of
from groups.services import add_lead, add_member
from groups.services_forming import (
    add_empty_group,
    ask_run,
    change_forming,
    drop,
    exclude,
    include,
    move_person,
    pin,
    pin_group,
    remove_group,
    restore,
    set_lead,
    stop_run,
)
from groups.services_inviting import invite
from intake.models import KeepApart
from intake.services_merge import merge_files
from psp.errors import DomainError, Forbidden, constraint_name
from psp.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


def refused(code, action, **arguments) -> DomainError:
    with pytest.raises(DomainError) as caught:
        action(**arguments)
    assert caught.value.code == code
    assert str(caught.value.message).endswith(".")
    return caught.value


def apart(one, other, by, region="QC") -> KeepApart:
    return KeepApart.objects.create(person=one.user, other=getattr(other, "user", other), program_region_id=region,
                                    noted_by=by)  # fmt: skip


def searched(forming, by, **change) -> Forming:
    run = ask_run(forming=forming, by=by, change=change)
    carry_out(run.pk, seconds=10)
    run.refresh_from_db()
    assert run.state == RunState.DONE, run.state
    return Forming.objects.get(pk=forming.pk)


def in_groups(forming) -> list[set]:
    groups = FormingGroup.objects.filter(forming=forming)
    return [set(group.places.values_list("participant_id", flat=True)) for group in groups]


def test_pool_holds_those_who_wait_and_nobody_else(coordinator):
    waits = make.a_waiting_person()
    silent = make.an_accepted_participant()
    without_consent, elsewhere = make.a_waiting_person(), make.a_waiting_person("BC")
    make.disagree(without_consent.user)
    placed, asked = make.a_waiting_person(), make.a_waiting_person()
    group = make.a_group(coordinator)
    add_member(group=group, participant=placed, by=coordinator)
    Invitation.objects.create(
        group=group, kind="formal", participant=asked, answer_by=timezone.now() + timedelta(days=3), sent_by=coordinator
    )
    make.a_waiting_person(services=("informal",))
    pool = pool_of(make.a_started_forming(coordinator))
    assert {one.participant_id for one in pool.people} == {waits.pk, silent.pk}
    assert elsewhere.pk not in {one.participant_id for one in pool.people}
    assert [
        one.availability
        for one in problem_of(make.a_started_forming(coordinator), pool).people
        if one.id == str(silent.user_id)
    ] == [()]


def test_nobody_thinks_of_groups_for_another_region(coordinator):
    with pytest.raises(Forbidden):
        make.a_started_forming(coordinator, program_regions=["QC", "ON"])
    with pytest.raises(Forbidden):
        make.a_started_forming(coordinator, program_regions=[])
    forming = make.a_started_forming(coordinator)
    with pytest.raises(Forbidden):
        ask_run(forming=forming, by=make.a_coordinator("ON"))
    assert not Forming.objects.visible_to(make.a_coordinator("ON")).exists()


def test_search_forms_a_group_and_says_why_somebody_is_left_out(coordinator):
    people = [make.a_waiting_person() for _ in range(5)]
    left_out = make.a_waiting_person(week=[(6 * 1440, 6 * 1440 + 600)])
    lead = make.a_leading_person()
    forming = searched(make.a_started_forming(coordinator), coordinator)
    assert in_groups(forming) == [{one.pk for one in people}]
    group = FormingGroup.objects.get(forming=forming)
    assert [row.user for row in group.leads.all()] == [lead]
    assert group.starts_at > timezone.now() + timedelta(days=29)
    assert FormingPlace.objects.get(participant=left_out).reason == "no_common_slot"
    assert forming.runs.get().result | {"proven": ""} == {
        "status": "optimal", "placed": 5, "bound": 5, "groups": 1, "pool": 6, "proven": ""
    }  # fmt: skip
    assert all(one.ready for one in arrangement_of(forming).groups)


def test_two_who_must_not_meet_are_in_no_group_together_and_no_row_says_so(coordinator):
    people = [make.a_waiting_person() for _ in range(5)]
    make.a_leading_person()
    apart(people[0], people[1], coordinator)
    forming = searched(make.a_started_forming(coordinator, times=[1140]), coordinator)
    (found,) = in_groups(forming)
    assert len(found) == 4
    assert not {people[0].pk, people[1].pk} <= found
    (left,) = FormingPlace.objects.filter(forming=forming, group__isnull=True)
    assert (left.reason, left.lack) == ("capacity", {})
    group = FormingGroup.objects.get(forming=forming)
    values = {"participant": left.participant_id, "to": group, "revision": forming.revision, "by": coordinator}
    caught = refused("elsewhere", move_person, forming=forming, **values)
    assert "such as something else in the program" in str(caught.message)


def test_move_is_checked_and_counted(coordinator):
    people = [make.a_waiting_person() for _ in range(4)]
    stranger = make.a_waiting_person(week=[(1140, 1230)])
    forming = make.a_started_forming(coordinator)
    group = add_empty_group(
        forming=forming, revision=0, by=coordinator, minute=1440 + 1140, language="fr", modality="virtual"
    )
    effect = move_person(forming=forming, participant=people[0], to=group, revision=1, by=coordinator)
    assert (effect.joined, effect.left, effect.sizes, effect.too_small) == (1, None, {1: 1}, (1,))
    assert (effect.placed, effect.unplaced, effect.revision) == (1, 4, 2)
    refused("stale", move_person, forming=forming, participant=people[1], to=group, revision=1, by=coordinator)
    refused("time", move_person, forming=forming, participant=stranger, to=group, revision=2, by=coordinator)
    back = move_person(forming=forming, participant=people[0], to=None, revision=2, by=coordinator)
    assert (back.joined, back.left, back.placed) == (None, 1, 0)


def test_pins_are_kept_and_the_rest_is_formed_around_them(coordinator):
    for _ in range(9):
        make.a_waiting_person()
    make.a_leading_person(), make.a_leading_person()
    forming = searched(make.a_started_forming(coordinator, max_size=5), coordinator)
    first, second = FormingGroup.objects.filter(forming=forming)
    whole = set(first.places.values_list("participant_id", flat=True))
    one = second.places.first()
    pin_group(forming=forming, group=first, revision=forming.revision, by=coordinator)
    pin(forming=forming, participant=one.participant_id, revision=forming.revision + 1, by=coordinator)
    late = make.a_waiting_person(waited=400)
    forming = searched(forming, coordinator)
    assert set(first.places.values_list("participant_id", flat=True)) == whole
    again = FormingPlace.objects.get(forming=forming, participant=one.participant_id)
    assert (again.group_id, again.pinned) == (second.pk, True)
    assert FormingPlace.objects.get(forming=forming, participant=late).group_id == second.pk
    assert sum(len(each) for each in in_groups(forming)) == len(whole) + 5


def test_excluded_person_is_left_out_until_included(coordinator):
    people = [make.a_waiting_person() for _ in range(5)]
    make.a_leading_person()
    forming = make.a_started_forming(coordinator)
    exclude(forming=forming, participant=people[0], revision=0, by=coordinator)
    forming = searched(Forming.objects.get(pk=forming.pk), coordinator)
    assert in_groups(forming) == [{one.pk for one in people[1:]}]
    include(forming=forming, participant=people[0], revision=forming.revision, by=coordinator)
    assert in_groups(searched(forming, coordinator)) == [{one.pk for one in people}]


def test_trial_tells_figures_and_changes_nothing(coordinator):
    for _ in range(3):
        make.a_waiting_person()
    make.a_leading_person()
    forming = searched(make.a_started_forming(coordinator), coordinator)
    assert in_groups(forming) == []
    same = searched(forming, coordinator, min_size=3)
    assert (same.revision, in_groups(same)) == (forming.revision, [])
    result = forming.runs.order_by("-asked_at").first().result
    assert (result["placed"], result["now_placed"], result["gained"], result["certain"]) == (3, 0, 3, True)
    refused("bad_change", ask_run, forming=forming, by=coordinator, change={"min_size": 11})
    refused("bad_change", ask_run, forming=forming, by=coordinator, change={"people": 3})


def test_further_time_and_further_facilitator_are_tried(coordinator):
    for _ in range(4):
        make.a_waiting_person(week=[(3 * 1440 + 1080, 3 * 1440 + 1260)])
    forming = make.a_started_forming(coordinator)
    thursday = 3 * 1440 + 1140
    searched(forming, coordinator, times=[thursday])
    searched(forming, coordinator, leaders=1)
    searched(forming, coordinator, times=[thursday], leaders=1)
    results = [run.result["placed"] for run in forming.runs.order_by("asked_at")]
    assert results == [0, 0, 4]


def test_one_search_at_once_and_a_stopped_one_changes_nothing(coordinator):
    forming = make.a_started_forming(coordinator)
    run = ask_run(forming=forming, by=coordinator)
    refused("run_already", ask_run, forming=forming, by=coordinator)
    assert stop_run(run=run, by=coordinator).state == RunState.STOPPED
    carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, run.begun_at) == (RunState.STOPPED, None)


def test_draft_is_put_aside_and_taken_up_again(coordinator):
    forming = make.a_started_forming(coordinator)
    assert drop(forming=forming, by=coordinator, revision=0).state == FormingState.DROPPED
    refused("not_a_draft", ask_run, forming=forming, by=coordinator)
    assert restore(forming=forming, by=coordinator, revision=1).state == FormingState.DRAFT


def test_groups_at_times_that_are_not_offered_any_more_go(coordinator):
    make.a_waiting_person()
    forming = make.a_started_forming(coordinator)
    group = add_empty_group(forming=forming, revision=0, by=coordinator, minute=1140, language="fr", modality="virtual")
    person = FormingPlace.objects.get(forming=forming).participant
    move_person(forming=forming, participant=person, to=group, revision=1, by=coordinator)
    change_forming(forming=forming, by=coordinator, revision=2, min_size=5)
    assert group.places.count() == 1
    change_forming(forming=forming, by=coordinator, revision=3, times=[1440 + 1140])
    assert not FormingGroup.objects.filter(forming=forming).exists()
    assert FormingPlace.objects.get(forming=forming).group_id is None


def test_lead_is_set_only_where_they_can_come(coordinator):
    lead, away = make.a_leading_person(), make.a_leading_person(week=[(0, 600)])
    paused, clinician = make.a_leading_person(paused=True), make.a_clinician()
    person = make.a_waiting_person()
    forming = make.a_started_forming(coordinator)
    group = add_empty_group(forming=forming, revision=0, by=coordinator, minute=1140, language="fr", modality="virtual")
    move_person(forming=forming, participant=person, to=group, revision=1, by=coordinator)
    values = {"forming": forming, "group": group, "by": coordinator}
    set_lead(user=lead, revision=2, **values)
    refused("time", set_lead, user=away, revision=3, **values)
    refused("not_leading", set_lead, user=paused, revision=3, **values)
    refused("lead_role", set_lead, user=clinician, revision=3, **values)
    apart(person, clinician, coordinator)
    refused("elsewhere", set_lead, user=clinician, role=LeadRole.CLINICIAN, revision=3, **values)
    set_lead(user=lead, revision=3, on=False, **values)
    assert not FormingLead.objects.exists()
    remove_group(revision=4, **values)
    refused("no_group", pin_group, revision=5, **values)


def test_second_of_two_coordinators_sees_who_was_taken_and_loses_nothing_else(coordinator):
    people = [make.a_waiting_person() for _ in range(6)]
    make.a_leading_person()
    forming = searched(make.a_started_forming(coordinator, times=[1140]), coordinator)
    colleague = make.a_coordinator("QC")
    group = make.a_group(colleague)
    for person in people[:2]:
        invite(group=group, participant=person, by=colleague)
    now = arrangement_of(forming)
    assert now.gone == {people[0].pk, people[1].pk}
    assert now.placed == 6
    taken = {account for one in now.groups for account, found in one.misfits.items() if found == (Misfit.GONE,)}
    assert taken == {people[0].user_id, people[1].user_id}
    lead = FormingLead.objects.get(group__forming=forming)
    forming = searched(forming, coordinator)
    assert in_groups(forming) == [{one.pk for one in people[2:]}]
    assert FormingLead.objects.get(group__forming=forming).user == lead.user
    assert not FormingPlace.objects.filter(forming=forming, participant__in=people[:2]).exists()


@pytest.mark.parametrize(("evening", "comes"), [(1080, False), (1020, True)])
def test_series_over_a_change_of_clocks_counts_each_date_on_the_persons_own_clock(coordinator, evening, comes):
    """Seven in Montreal is six in Regina in February, and five from the middle of March on: Regina changes no clock."""
    region = make.a_coordinator("ON")
    person = make.a_waiting_person("SK", week=[(evening, 1170)])
    User.objects.filter(pk=person.user_id).update(time_zone="America/Regina")
    values = {"program_regions": [person.program_region_id], "starts_after": date(2027, 2, 14), "times": [1140]}
    by = make.with_role(region, "coordinator", person.program_region_id)
    forming = make.a_started_forming(by, **values)
    group = add_empty_group(forming=forming, revision=0, by=by, minute=1140, language="fr", modality="virtual")
    (member,) = problem_of(forming, pool_of(forming)).people
    assert bool(member.availability) is comes
    if comes:
        move_person(forming=forming, participant=person, to=group, revision=1, by=by)
    else:
        refused("time", move_person, forming=forming, participant=person, to=group, revision=1, by=by)


def test_other_groups_of_theirs_take_peoples_time_and_read_like_a_pair(coordinator):
    person, lead = make.a_waiting_person(services=("formal", "informal")), make.a_leading_person(max_groups=2)
    begins = timezone.localdate() + timedelta(days=(7 - timezone.localdate().weekday()) % 7 + 35)
    busy = make.a_group(coordinator, kind="informal", starts_on=begins)
    add_member(group=busy, participant=person, by=coordinator)
    add_lead(group=busy, user=lead, role=LeadRole.FACILITATOR, by=coordinator)
    forming = make.a_started_forming(coordinator)
    pool = pool_of(forming)
    problem = problem_of(forming, pool)
    assert [len(one.availability) for one in problem.people] == [1]
    assert [(one.max_groups, len(one.availability)) for one in problem.leaders] == [(1, 1)]
    group = add_empty_group(forming=forming, revision=0, by=coordinator, minute=1140, language="fr", modality="virtual")
    caught = refused("elsewhere", move_person, forming=forming, participant=person, to=group, revision=1,
                     by=coordinator)  # fmt: skip
    assert str(caught.message) == misfit_sentence(Misfit.ELSEWHERE)


def test_withdrawn_consent_takes_somebody_out_of_every_draft_at_once(coordinator):
    person = make.a_waiting_person()
    forming = make.a_started_forming(coordinator)
    assert FormingPlace.objects.filter(forming=forming, participant=person).exists()
    withdraw(person=person.user, purpose="taking_part", by=person.user)
    assert not FormingPlace.objects.filter(participant=person).exists()
    assert pool_of(forming).people == ()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_would_make_a_group_is_said_in_words(coordinator, language):
    for _ in range(2):
        make.a_waiting_person(week=[(1440 + 1080, 1440 + 1260)])
    forming = searched(make.a_started_forming(coordinator), coordinator)
    with override(language):
        (said,) = {tuple(why_unplaced(place, forming)) for place in FormingPlace.objects.filter(forming=forming)}
    wanted = {
        "en": "What would make a group: 2 more people and 1 more facilitator (in French, by video, Tuesday at 7:00",
        "fr": "Ce qu’il faudrait pour former un groupe\u00a0: 2 personnes de plus et 1 personne de plus pour animer"
              " (en français, par vidéo, mardi à 19\u00a0h",
    }  # fmt: skip
    assert said[-1].startswith(wanted[language])


def test_pool_and_arrangement_ask_as_often_for_many_as_for_few(coordinator):
    def some(count: int) -> None:
        for _ in range(count):
            person = make.a_waiting_person(services=("formal", "informal"))
            lead = make.a_leading_person()
            add_member(group=others, participant=person, by=coordinator)
            add_lead(group=others, user=lead, role=LeadRole.FACILITATOR, by=coordinator)
            apart(person, lead, coordinator)

    others = make.a_group(coordinator, kind="informal")
    some(2)
    forming = make.a_started_forming(coordinator)
    with CaptureQueriesContext(connection) as few:
        arrangement_of(forming)
    some(6)
    change_forming(forming=forming, by=coordinator, revision=0, min_size=3)
    with CaptureQueriesContext(connection) as many:
        arrangement = arrangement_of(forming)
    assert len(arrangement.unplaced) == 8
    # As many of them again are about who may lead.
    assert len(many) == len(few) <= 29


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("times", [], "bad_times"), ("times", [1141], "bad_times"), ("times", [10080], "bad_times"),
        ("time_zone", "Mars/Base", "unknown_zone"), ("languages", ["de"], "unknown_choice"), ("min_size", 0, "sizes"),
        ("max_size", 11, "sizes"), ("session_count", 0, "sizes"), ("facilitators", 11, "sizes"),
    ],
)  # fmt: skip
def test_forming_that_makes_no_sense_is_refused(coordinator, field, value, code):
    refused(code, make.a_started_forming, by=coordinator, **{field: value})


def test_place_names_a_group_of_its_own_forming_whoever_writes_it(coordinator):
    make.a_waiting_person()
    forming, other = make.a_started_forming(coordinator), make.a_started_forming(coordinator)
    group = add_empty_group(forming=other, revision=0, by=coordinator, minute=1140, language="fr", modality="virtual")
    person = FormingPlace.objects.get(forming=forming).participant
    refused("no_group", move_person, forming=forming, participant=person, to=group, revision=0, by=coordinator)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        FormingPlace.objects.filter(forming=forming).update(group=group)
    assert constraint_name(caught.value) == "forming_place_in_its_forming"


def test_copy_of_a_person_says_that_they_were_thought_of_and_names_nobody_else(coordinator):
    person, other = make.a_waiting_person(name="Asha"), make.a_waiting_person(name="Birgit")
    searched(make.a_started_forming(coordinator), coordinator)
    (record,) = thought_of(person.user)
    said = " ".join(str(line.value) for line in record)
    assert "Formal group" in said
    assert str(WHY["too_few"]) in said
    assert other.user.name not in said


def test_erased_or_merged_person_is_in_no_draft(coordinator):
    erased, kept, merged = (make.a_waiting_person() for _ in range(3))
    forming = make.a_started_forming(coordinator)
    assert erase(erased.user) == {"groups.formingplace": 1}
    assert erase(erased.user) == {}
    merge_files(kept=kept, merged=merged, by=coordinator)
    assert [place.participant for place in FormingPlace.objects.filter(forming=forming)] == [kept]
    lead = make.a_leading_person()
    assert erase(lead) == {"groups.leadprofile": 1}


def test_clinician_of_a_kept_group_meets_nobody_whom_they_must_not(coordinator):
    people, longest = [make.a_waiting_person() for _ in range(4)], make.a_waiting_person(waited=300)
    make.a_leading_person()
    clinician = make.a_clinician()
    forming = make.a_started_forming(coordinator, times=[1140])
    exclude(forming=forming, participant=longest, revision=0, by=coordinator)
    forming = searched(Forming.objects.get(pk=forming.pk), coordinator)
    group = FormingGroup.objects.get(forming=forming)
    values = {"forming": forming, "by": coordinator}
    set_lead(group=group, user=clinician, role=LeadRole.CLINICIAN, revision=forming.revision, **values)
    pin(participant=people[0], revision=forming.revision + 1, **values)
    include(participant=longest, revision=forming.revision + 2, **values)
    apart(longest, clinician, coordinator)
    forming = searched(forming, coordinator)
    assert in_groups(forming) == [{one.pk for one in people}]
    left = FormingPlace.objects.get(forming=forming, group__isnull=True)
    assert (left.participant, left.reason) == (longest, "capacity")


def test_groups_whose_first_week_is_over_are_not_searched(coordinator):
    forming = make.a_started_forming(coordinator)
    Forming.objects.filter(pk=forming.pk).update(starts_after=timezone.localdate() - timedelta(days=1))
    refused("starts_in_past", ask_run, forming=forming, by=coordinator)
