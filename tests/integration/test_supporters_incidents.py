"""What happened around a group: who is told, who takes it, what is done, and who never learns that it exists."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from contact.models import OutboxMessage
from contact.registry import still_makes_sense
from intake.models import KeepApart
from intake.services_merge import merge_files, undo_merge
from privacy.choices import HoldKind
from privacy.holdings import held_about
from privacy.retention import last_used
from privacy.services_holds import open_hold
from psp.audit.models import Entry
from psp.choices import Role
from psp.crypto import keyring
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from psp.models import User
from supporters.incidents import of_person as incidents_of_person
from supporters.incidents.choices import (
    FOLLOW_UP_TRANSITIONS,
    INCIDENT_TRANSITIONS,
    Desk,
    FollowUp,
    IncidentState,
)
from supporters.incidents.models import (
    Incident,
    IncidentKind,
    IncidentMeasure,
    IncidentPart,
    IncidentPerson,
    IncidentStep,
    Lesson,
)
from supporters.incidents.notices import widen_in_time
from supporters.incidents.pages import my_steps
from supporters.incidents.people import may_name, told
from supporters.incidents.permissions import can_work_on_incident
from supporters.incidents.services import close_incident, reopen_incident, take_incident
from supporters.incidents.services_steps import (
    add_person,
    add_step,
    bring_in,
    do_step,
    drop_step,
    end_lead,
    follow_up,
    keep_apart,
    note_breach,
    take_step,
)
from tests import factories as make
from tests.incidents import a_lead, a_led_group, a_supervisor, a_taken_incident, an_incident, everybody_else, members_of

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "Canari-Du-Signalement"


def knows(user: User, incident: Incident) -> bool:
    return Incident.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=incident.pk).exists()


def messages_to(user: User) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(person_id=user.pk, template_id="something_waits"))


class TestReporting:
    def test_report_in_a_minute_needs_only_a_kind_and_a_time(self):
        lead = a_lead()
        made = an_incident(lead)
        assert (made.state, made.program_region_id, made.reporter) == ("reported", "QC", lead)
        assert [person.user for person in made.people.all()] == [lead]

    def test_second_click_finds_the_report_of_the_first(self):
        lead, key = a_lead(), uuid4()
        first = an_incident(lead, sent_key=key)
        assert an_incident(lead, sent_key=key, note="Something else.").pk == first.pk
        assert Incident.objects.count() == 1

    def test_key_of_somebody_else_is_no_way_to_their_report(self):
        key = uuid4()
        an_incident(a_lead(), sent_key=key)
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            an_incident(a_lead(), sent_key=key)
        assert constraint_name(refusal.value) == "supporters_incident_sent_key_key"

    def test_region_is_the_one_of_the_group(self):
        coordinator, lead = make.a_coordinator("ON"), a_lead("QC")
        group = a_led_group(coordinator, lead, program_region="ON", region="ON", members=0)
        assert an_incident(lead, group=group.pk).program_region_id == "ON"

    def test_group_that_one_does_not_lead_is_refused(self):
        group = a_led_group(make.a_coordinator(), a_lead(), members=0)
        with pytest.raises(DomainError) as refusal:
            an_incident(a_lead(), group=group.pk)
        assert refusal.value.code == "occasion"

    def test_region_is_asked_for_where_nothing_says_it(self):
        clinician = make.a_clinician()
        with pytest.raises(DomainError) as refusal:
            an_incident(clinician)
        assert refusal.value.code == "no_region"
        assert an_incident(clinician, region="ON").program_region_id == "ON"

    def test_time_to_come_is_refused_and_a_clock_that_is_a_little_fast_is_not(self):
        lead = a_lead()
        with pytest.raises(DomainError) as refusal:
            an_incident(lead, happened_at=timezone.now() + timedelta(hours=1))
        assert refusal.value.code == "future"
        made = an_incident(lead, happened_at=timezone.now() + timedelta(minutes=3))
        assert made.happened_at <= made.reported_at

    @pytest.mark.parametrize(("fields", "code"), [({"needs": ["money"]}, "need_unknown")])
    def test_code_that_nobody_knows_is_refused(self, fields, code):
        with pytest.raises(DomainError) as refusal:
            an_incident(a_lead(), **fields)
        assert refusal.value.code == code

    def test_kind_that_is_not_offered_any_more_is_refused(self):
        IncidentKind.objects.filter(pk="other").update(active=False)
        try:
            with pytest.raises(DomainError) as refusal:
                an_incident(a_lead(), "other")
            assert refusal.value.code == "kind_unknown"
        finally:
            IncidentKind.objects.filter(pk="other").update(active=True)

    @pytest.mark.parametrize("who", ["participant", "analyst", "administrator", "account without a role"])
    def test_only_those_who_lead_and_their_team_report(self, who):
        with pytest.raises(Forbidden):
            an_incident(everybody_else()[who], region="QC")


class TestNaming:
    """Only people whom one sees anyway can be named."""

    def test_lead_names_members_of_the_own_group_and_the_team(self):
        coordinator, lead = make.a_coordinator(), a_lead()
        (member, _other) = members_of(a_led_group(coordinator, lead))
        beside, elsewhere = a_lead(), make.a_participant("QC")
        assert may_name(lead, [member.user_id, coordinator.pk, a_supervisor().pk])
        assert not may_name(lead, [elsewhere.user_id])
        assert not may_name(lead, [beside.pk])

    def test_coordinator_names_people_of_the_region_and_those_who_lead(self):
        coordinator = make.a_coordinator()
        assert may_name(coordinator, [make.a_participant("QC").user_id, a_lead().pk])
        elsewhere, guest = a_lead("ON"), a_lead("ON")
        a_led_group(coordinator, guest)
        assert may_name(coordinator, [guest.pk])
        assert not may_name(coordinator, [elsewhere.pk])
        assert not may_name(coordinator, [make.a_participant("ON").user_id])

    def test_supervisor_names_those_whom_they_supervise_and_no_participant(self):
        supervisor = a_supervisor()
        assert may_name(supervisor, [a_lead(supervisor=supervisor).pk])
        assert not may_name(supervisor, [a_lead().pk])
        assert not may_name(supervisor, [make.a_participant("QC").user_id])

    def test_person_out_of_sight_is_refused(self):
        with pytest.raises(DomainError) as refusal:
            an_incident(a_lead(), people=[make.a_participant().user])
        assert refusal.value.code == "person_unknown"


# Kind → to whom it goes, of: own supervisor, another supervisor, coordinator here, coordinator elsewhere, officer.
GOES_TO = {
    "risk": {"own", "here"}, "threat": {"own", "other", "here"}, "outside": {"own", "here"},
    "recognised": {"own", "here"}, "breach": {"officer", "here"}, "harassment": {"own", "other", "here"},
    "limits": {"own"}, "place": {"here"}, "other": {"own"},
}  # fmt: skip


class TestRouting:
    @pytest.mark.parametrize("kind", sorted(GOES_TO))
    def test_each_kind_goes_at_once_to_whom_it_says_and_to_nobody_else(self, kind):
        who = {
            "own": a_supervisor(), "other": a_supervisor(), "here": make.a_coordinator("QC"),
            "elsewhere": make.a_coordinator("ON"), "officer": make.a_privacy_officer(),
        }  # fmt: skip
        made = an_incident(a_lead(supervisor=who["own"]), kind)
        assert {name for name, user in who.items() if knows(user, made)} == GOES_TO[kind]
        assert {name for name, user in who.items() if messages_to(user)} == GOES_TO[kind]

    def test_every_kind_that_the_program_came_with_is_covered_here(self):
        assert set(IncidentKind.objects.values_list("pk", flat=True)) == set(GOES_TO)

    def test_nobody_without_a_part_learns_that_it_exists(self):
        coordinator, lead = make.a_coordinator(), a_lead(supervisor=a_supervisor())
        group = a_led_group(coordinator, lead)
        made = an_incident(lead, group=group.pk, people=[one.user for one in members_of(group)])
        others = everybody_else() | {"member": members_of(group)[0].user, "officer": make.a_privacy_officer()}
        assert [name for name, user in others.items() if knows(user, made)] == []

    def test_report_without_a_supervisor_goes_to_all_of_them(self):
        one = a_supervisor()
        made = an_incident(a_lead(), "limits")
        assert knows(one, made)
        assert made.goes_to == [Desk.SUPERVISOR, Desk.SUPERVISORS]

    def test_somebody_whom_it_touches_is_not_told_by_their_role(self):
        """A report about one's own supervisor goes to the others."""
        own, other = a_supervisor(), a_supervisor()
        made = an_incident(a_lead(supervisor=own), "limits", people=[own])
        assert not knows(own, made)
        assert not messages_to(own)
        assert knows(other, made)
        assert messages_to(other)

    def test_report_that_would_reach_nobody_goes_to_the_privacy_officer(self):
        only, officer = a_supervisor(), make.a_privacy_officer()
        made = an_incident(a_lead(supervisor=only), "limits", people=[only])
        assert knows(officer, made)
        assert list(told(made)) == [officer]

    def test_supervisor_who_is_so_no_more_knows_it_no_more(self):
        own = a_supervisor()
        lead = a_lead(supervisor=own)
        made = an_incident(lead, "limits")
        assert knows(own, made)
        lead.supervised_by.update(ended_on=timezone.localdate())
        assert not knows(own, made)

    def test_role_that_ended_ends_sight(self):
        coordinator = make.a_coordinator()
        made = an_incident(a_lead(), "place")
        assert knows(coordinator, made)
        coordinator.roles.all().delete()
        assert not knows(coordinator, made)

    def test_message_says_that_something_waits_and_makes_no_sense_once_it_was_taken(self):
        coordinator, other = make.a_coordinator(), make.a_coordinator()
        made = an_incident(a_lead(), "place")
        (message,) = messages_to(other)
        assert set(message.context) == {"incident"}
        assert still_makes_sense(message)
        take_incident(incident=made, by=coordinator)
        assert not still_makes_sense(message)

    def test_what_nobody_takes_in_time_goes_to_everybody_once(self):
        own, other, here = a_supervisor(), a_supervisor(), make.a_coordinator()
        made = an_incident(a_lead(supervisor=own), "limits")
        hours = timedelta(hours=made.kind.hours)
        assert widen_in_time(made.reported_at + hours - timedelta(seconds=1)) == 0
        assert widen_in_time(made.reported_at + hours) == 1
        assert widen_in_time(made.reported_at + hours * 2) == 0
        assert knows(other, made)
        assert knows(here, made)
        assert [len(messages_to(one)) for one in (own, other, here)] == [1, 1, 1]

    def test_what_was_taken_is_told_to_nobody_else(self):
        own = a_supervisor()
        made = a_taken_incident(a_lead(supervisor=own), own, "limits")
        assert widen_in_time(made.reported_at + timedelta(days=9)) == 0


class TestTaking:
    def test_second_one_to_take_it_is_told_who_does(self):
        one, two = make.a_coordinator(name="Camille"), make.a_coordinator()
        made = a_taken_incident(a_lead(), one, "place")
        with pytest.raises(Conflict, match="taken") as refusal:
            take_incident(incident=made, by=two)
        assert "Camille" in str(refusal.value.message)
        assert take_incident(incident=made, by=two, instead_of=one.pk).taken_by == two

    def test_two_who_take_it_at_once_are_not_both_told_that_they_do(self):
        made, people = an_incident(a_lead(), "place"), [make.a_coordinator() for _one in range(4)]
        start, results = threading.Barrier(len(people)), []

        def take(person: User) -> None:
            try:
                start.wait()
                take_incident(incident=made.pk, by=person)
                results.append("it is mine")
            except Conflict as error:
                results.append(error.code)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=take, args=(person,)) for person in people]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sorted(results) == ["it is mine", "taken", "taken", "taken"]
        assert Incident.objects.get(pk=made.pk).taken_by in people

    @pytest.mark.parametrize(
        "who", ["coordinator elsewhere", "analyst", "administrator", "another lead", "participant"]
    )
    def test_nobody_without_a_part_takes_it(self, who):
        made = an_incident(a_lead(), "place")
        with pytest.raises(Forbidden):
            take_incident(incident=made, by=everybody_else()[who])

    def test_whoever_reported_it_does_not_take_it(self):
        lead = a_lead()
        with pytest.raises(Forbidden):
            take_incident(incident=an_incident(lead), by=lead)


class TestSteps:
    def test_step_of_the_kind_is_taken_with_one_tap_and_only_once(self):
        coordinator = make.a_coordinator()
        made = a_taken_incident(a_lead(), coordinator, "place")
        step = take_step(incident=made, by=coordinator, code="mend")
        assert (step.owner, step.due_on) == (coordinator, timezone.localdate() + timedelta(days=7))
        assert take_step(incident=made, by=coordinator, code="mend").pk == step.pk
        assert Incident.objects.get(pk=made.pk).state == IncidentState.FOLLOW_UP

    def test_step_in_own_words_that_is_sent_twice_is_one_step_and_one_message(self):
        coordinator, officer = make.a_coordinator(), make.a_privacy_officer()
        made, day = a_taken_incident(a_lead(), coordinator, "place"), timezone.localdate()
        said = {"incident": made, "by": coordinator, "owner": officer, "due_on": day}
        first = add_step(**said, words="Ask the landlord.")
        assert add_step(**said, words=" Ask the landlord. ").pk == first.pk
        assert len(messages_to(officer)) == 1
        assert add_step(**said, words="Ask the neighbour.").pk != first.pk
        do_step(step=first, by=officer)
        assert add_step(**said, words="Ask the landlord.").pk != first.pk, "it is to be done once more"

    def test_owner_has_a_part_from_then_on_and_is_told(self):
        coordinator, officer = make.a_coordinator(), make.a_privacy_officer()
        made = a_taken_incident(a_lead(), coordinator, "place")
        assert not knows(officer, made)
        step = add_step(
            incident=made, by=coordinator, owner=officer, due_on=timezone.localdate(), words="Ask the landlord."
        )
        assert knows(officer, made)
        assert IncidentStep.objects.get(pk=step.pk).words == "Ask the landlord."
        (message,) = messages_to(officer)
        assert still_makes_sense(message)
        do_step(step=step, by=officer)
        assert not still_makes_sense(message)

    def test_owner_who_has_a_part_by_their_role_keeps_it_no_longer_than_the_role(self):
        one, two = make.a_coordinator(), make.a_coordinator()
        made = a_taken_incident(a_lead(), one, "place")
        add_step(incident=made, by=one, owner=two, due_on=timezone.localdate(), code="mend")
        assert knows(two, made)
        two.roles.all().delete()
        assert not knows(two, made)

    def test_nobody_whom_it_touches_owns_a_step_but_whoever_reported_it_may(self):
        coordinator, touched, lead = make.a_coordinator(), a_supervisor(), a_lead()
        made = a_taken_incident(lead, coordinator, "place", people=[touched])
        day = timezone.localdate()
        for owner in (touched, a_lead(), make.a_coordinator("ON")):
            with pytest.raises(DomainError) as refusal:
                add_step(incident=made, by=coordinator, owner=owner, due_on=day, words="Call.")
            assert refusal.value.code == "owner"
        own = add_step(incident=made, by=coordinator, owner=lead, due_on=day, words="Call.")
        assert do_step(step=own, by=lead).done_by == lead

    def test_step_of_somebody_else_is_not_theirs_to_end(self):
        coordinator, lead = make.a_coordinator(), a_lead()
        made = a_taken_incident(lead, coordinator, "place")
        step = take_step(incident=made, by=coordinator, code="mend")
        with pytest.raises(Forbidden):
            do_step(step=step, by=lead)

    def test_step_can_be_done_for_somebody_else_undone_and_taken_off(self):
        one, two = make.a_coordinator(), make.a_coordinator()
        made = a_taken_incident(a_lead(), one, "place")
        step = take_step(incident=made, by=one, code="mend")
        assert do_step(step=step, by=two).done_by == two
        drop_step(step=step, by=two)
        assert made.steps.count() == 1, "what is done stays"
        assert do_step(step=step, by=two, done=False).done_at is None
        drop_step(step=step, by=two)
        drop_step(step=step.pk, by=two)
        assert made.steps.count() == 0

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"code": "unheard_of"}, "step_unknown"), ({"words": "  "}, "no_words"),
            ({"code": "mend", "due_on": timezone.localdate() - timedelta(days=1)}, "day"),
            ({"code": "mend", "due_on": timezone.localdate() + timedelta(days=400)}, "day"),
        ],
    )  # fmt: skip
    def test_step_that_makes_no_sense_is_refused(self, fields, code):
        coordinator = make.a_coordinator()
        made = a_taken_incident(a_lead(), coordinator, "place")
        with pytest.raises(DomainError) as refusal:
            add_step(
                **{"incident": made, "by": coordinator, "owner": coordinator, "due_on": timezone.localdate()} | fields
            )
        assert refusal.value.code == code

    def test_nothing_is_done_before_somebody_takes_it(self):
        coordinator = make.a_coordinator()
        made = an_incident(a_lead(), "place")
        with pytest.raises(DomainError) as refusal:
            take_step(incident=made, by=coordinator, code="mend")
        assert refusal.value.code == "not_taken"

    def test_overdue_counts_from_the_day_after(self):
        coordinator = make.a_coordinator()
        step = take_step(incident=a_taken_incident(a_lead(), coordinator, "risk"), by=coordinator, code="check_safe")
        assert not IncidentStep.objects.of(coordinator).overdue().exists()
        assert IncidentStep.objects.of(coordinator).overdue(step.due_on + timedelta(days=1)).exists()


class TestPeople:
    def test_everybody_whom_it_touches_has_a_line_of_follow_up(self):
        coordinator, lead = make.a_coordinator(), a_lead()
        group = a_led_group(coordinator, lead)
        made = a_taken_incident(lead, coordinator, people=[one.user for one in members_of(group)])
        assert [row.follow_up for row in made.people.all()] == ["open"] * 3

    def test_declining_is_an_answer_that_may_change(self):
        coordinator = make.a_coordinator()
        person = a_taken_incident(a_lead(), coordinator, "place").people.get()
        for state in ("offered", "declined", "talked"):
            assert follow_up(person=person, by=coordinator, state=state).follow_up == state
        with pytest.raises(DomainError):
            follow_up(person=person, by=coordinator, state="open")

    def test_whoever_reported_says_for_themselves_and_for_nobody_else(self):
        coordinator, lead = make.a_coordinator(), a_lead()
        group = a_led_group(coordinator, lead)
        made = an_incident(lead, people=[members_of(group)[0].user])
        own, other = made.people.get(user=lead), made.people.exclude(user=lead).get()
        assert follow_up(person=own, by=lead, state="declined").follow_up == "declined"
        with pytest.raises(Forbidden):
            follow_up(person=other, by=lead, state="declined")

    def test_somebody_who_takes_care_of_it_is_not_added_as_touched(self):
        coordinator, two, three = make.a_coordinator(), make.a_privacy_officer(), make.a_coordinator()
        made = a_taken_incident(a_lead(), coordinator, "place")
        bring_in(incident=made, by=coordinator, user=two)
        add_step(incident=made, by=coordinator, owner=three, due_on=timezone.localdate(), code="mend")
        for user in (coordinator, two, three):
            with pytest.raises(DomainError) as refusal:
                add_person(incident=made, by=coordinator, user=user)
            assert refusal.value.code == "has_part"
        touched = make.a_participant("QC").user
        assert add_person(incident=made, by=coordinator, user=touched).follow_up == FollowUp.OPEN

    def test_brought_in_knows_it_from_then_on(self):
        coordinator, officer = make.a_coordinator(), make.a_privacy_officer()
        made = a_taken_incident(a_lead(), coordinator, "place")
        bring_in(incident=made, by=coordinator, user=officer)
        bring_in(incident=made, by=coordinator, user=officer)
        assert knows(officer, made)
        assert made.parts.count() == 1

    def test_brought_in_knows_it_no_longer_than_the_duty_for_which_they_were(self):
        coordinator, supervisor, other = make.a_coordinator(), a_supervisor(), make.a_coordinator("QC")
        made = a_taken_incident(a_lead(), coordinator, "place")
        for one in (supervisor, other):
            bring_in(incident=made, by=coordinator, user=one)
            add_step(incident=made, by=coordinator, owner=one, due_on=timezone.localdate(), words="Ask how it is")
            IncidentPart.objects.get_or_create(incident=made, user=one)
        supervisor.roles.all().delete()
        make.with_role(supervisor, Role.SUPPORTER)
        other.roles.update(region="ON")
        for one in (supervisor, other):
            reader = User.objects.get(pk=one.pk)
            assert not knows(reader, made)
            assert my_steps(reader) == []


class TestMeasures:
    def world(self):
        coordinator, lead = make.a_coordinator(), a_lead()
        group = a_led_group(coordinator, lead)
        one, two = (member.user for member in members_of(group))
        return coordinator, lead, group, one, two, a_taken_incident(
            lead, coordinator, "recognised", group=group.pk, people=[one, two]
        )  # fmt: skip

    def test_keep_apart_is_made_from_the_incident(self):
        coordinator, _lead, _group, one, two, made = self.world()
        keep_apart(incident=made, by=coordinator, one=one, other=two)
        assert KeepApart.objects.between(one.pk, [two.pk]).exists()
        assert [row.kind for row in made.measures.all()] == ["apart"]
        with pytest.raises(DomainError) as refusal:
            keep_apart(incident=made, by=coordinator, one=two, other=one)
        assert refusal.value.code == "apart_already"

    def test_keep_apart_of_a_participant_and_whoever_leads(self):
        coordinator, lead, _group, one, _two, made = self.world()
        keep_apart(incident=made, by=coordinator, one=lead, other=one)
        assert KeepApart.objects.between(lead.pk, [one.pk]).exists()

    def test_only_two_different_people_whom_it_touches(self):
        coordinator, _lead, _group, one, _two, made = self.world()
        for other in (one, make.a_participant("QC").user):
            with pytest.raises(DomainError) as refusal:
                keep_apart(incident=made, by=coordinator, one=one, other=other)
            assert refusal.value.code == "not_touched"

    def test_only_a_coordinator_of_the_region_makes_one(self):
        coordinator, lead, _group, one, two, made = self.world()
        supervisor = a_supervisor()
        bring_in(incident=made, by=coordinator, user=supervisor)
        for user in (supervisor, lead, make.a_coordinator("ON")):
            with pytest.raises(Forbidden):
                keep_apart(incident=made, by=user, one=one, other=two)

    def test_change_of_lead_is_made_from_the_incident(self):
        coordinator, lead, group, _one, _two, made = self.world()
        end_lead(incident=made, by=coordinator, user=lead)
        assert not group.leads.exists()
        with pytest.raises(DomainError) as refusal:
            end_lead(incident=made, by=coordinator, user=lead)
        assert refusal.value.code == "no_group"

    def test_breach_is_noted_by_the_privacy_officer_alone_and_once(self):
        officer, coordinator = make.a_privacy_officer(), make.a_coordinator()
        made = a_taken_incident(a_lead(), officer, "breach")
        with pytest.raises(Forbidden):
            note_breach(incident=made, by=coordinator)
        note_breach(incident=made, by=officer)
        note_breach(incident=made, by=officer)
        assert made.measures.count() == 1


def finished(made: Incident, by: User) -> None:
    for person in made.people.all():
        follow_up(person=person, by=by, state="offered")


class TestClosing:
    def test_closing_waits_for_steps_follow_up_and_what_changes(self):
        coordinator = make.a_coordinator()
        made = a_taken_incident(a_lead(), coordinator, "place")
        step = take_step(incident=made, by=coordinator, code="mend")
        codes = []
        for mend in (lambda: do_step(step=step, by=coordinator), lambda: finished(made, coordinator), lambda: None):
            with pytest.raises(DomainError) as refusal:
                close_incident(incident=made, by=coordinator, changes=[])
            codes.append(refusal.value.code)
            mend()
        assert codes == ["steps_open", "follow_up_open", "no_change"]
        closed = close_incident(incident=made, by=coordinator, changes=["place"], words="Two keys.")
        assert (closed.state, closed.closed_by) == ("closed", coordinator)
        assert close_incident(incident=made, by=coordinator, changes=["nothing"]).pk == made.pk
        lesson = Lesson.objects.get()
        assert (lesson.changes, lesson.words, lesson.month.day) == (["place"], "Two keys.", 1)

    def test_closed_one_is_opened_again_and_keeps_one_lesson(self):
        coordinator = make.a_coordinator()
        made = a_taken_incident(a_lead(), coordinator, "place")
        finished(made, coordinator)
        close_incident(incident=made, by=coordinator, changes=["place"])
        with pytest.raises(DomainError):
            take_step(incident=made, by=coordinator, code="mend")
        assert reopen_incident(incident=made, by=coordinator).state == "follow_up"
        close_incident(incident=made, by=coordinator, changes=["training"])
        assert [row.changes for row in Lesson.objects.all()] == [["training"]]

    def test_nothing_is_closed_that_nobody_took(self):
        coordinator = make.a_coordinator()
        with pytest.raises(Conflict):
            close_incident(incident=an_incident(a_lead(), "place"), by=coordinator, changes=["nothing"])

    def test_lessons_are_for_those_whose_duty_is_safety(self):
        coordinator = make.a_coordinator()
        made = a_taken_incident(a_lead(), coordinator, "place")
        finished(made, coordinator)
        close_incident(incident=made, by=coordinator, changes=["place"])
        allowed = {"supervisor": a_supervisor(), "officer": make.a_privacy_officer()}
        others = everybody_else() | {"coordinator": coordinator}
        assert {name for name, user in (allowed | others).items() if Lesson.objects.visible_to(user).exists()} == set(
            allowed
        )

    def test_lesson_tells_nobody_that_there_is_a_report_that_touches_them(self):
        coordinator, touched, reporter = make.a_coordinator(), a_supervisor(), a_supervisor()
        made = a_taken_incident(reporter, coordinator, "place", region="QC", people=[touched])
        finished(made, coordinator)
        close_incident(incident=made, by=coordinator, changes=["place"])
        assert not Lesson.objects.visible_to(touched).exists()
        assert Lesson.objects.visible_to(reporter).exists()
        with transaction.atomic():
            incidents_of_person.erase(reporter)
        assert not Lesson.objects.visible_to(touched).exists(), "also when whoever reported it is nobody any more"
        assert Lesson.objects.visible_to(a_supervisor()).exists()
        made.delete()
        assert Lesson.objects.visible_to(touched).exists()

    def test_every_way_through_the_states_is_one_that_is_drawn(self):
        assert set(INCIDENT_TRANSITIONS) == set(IncidentState)
        assert set(FOLLOW_UP_TRANSITIONS) == set(FollowUp)


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("changes", "constraint"),
        [
            ({"state": "lost"}, "incident_state_known"), ({"state": "taken"}, "incident_taken_has_its_time"),
            ({"closed_at": timezone.now()}, "incident_closed_has_its_time"),
            ({"goes_to": []}, "incident_goes_to_somebody"),
            ({"session": uuid4()}, "incident_session_of_a_group"),
            ({"happened_at": timezone.now() + timedelta(days=2)}, "incident_happened_before"),
        ],
    )  # fmt: skip
    def test_incident_is_judged(self, changes, constraint):
        made = an_incident(a_lead())
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            Incident.objects.filter(pk=made.pk).update(**changes)
        assert constraint_name(refusal.value) == constraint

    def test_rows_around_it_are_judged(self):
        coordinator, lead = make.a_coordinator(), a_lead()
        made = a_taken_incident(lead, coordinator, "place")
        take_step(incident=made, by=coordinator, code="mend")
        day = timezone.localdate()
        wrong = {
            "incident_person_once": lambda: IncidentPerson.objects.create(incident=made, user=lead),
            "incident_follow_up_known": lambda: made.people.update(follow_up="forced"),
            "incident_part_once": lambda: [IncidentPart.objects.create(incident=made, user=lead) for _one in range(2)],
            "incident_step_once": lambda: IncidentStep.objects.create(incident=made, code="mend", due_on=day),
            "incident_measure_known": lambda: IncidentMeasure.objects.create(incident=made, kind="jail"),
            "lesson_month_is_a_month": lambda: Lesson.objects.create(
                kind=made.kind, month=day.replace(day=2), changes=["nothing"]
            ),
            "lesson_says_what_changes": lambda: Lesson.objects.create(
                kind=made.kind, month=day.replace(day=1), changes=[]
            ),
            "incident_kind_goes_to_somebody": lambda: IncidentKind.objects.filter(pk="risk").update(goes_to=[]),
            "incident_kind_hours_sensible": lambda: IncidentKind.objects.filter(pk="risk").update(hours=0),
        }
        for constraint, write in wrong.items():
            with pytest.raises(IntegrityError) as refusal, transaction.atomic():
                write()
            assert constraint_name(refusal.value) == constraint

    def test_note_and_words_are_sealed_in_the_tables(self):
        coordinator = make.a_coordinator()
        made = a_taken_incident(a_lead(), coordinator, "place", note=CANARY)
        add_step(incident=made, by=coordinator, owner=coordinator, due_on=timezone.localdate(), words=CANARY)
        finished(made, coordinator)
        IncidentStep.objects.update(done_at=timezone.now())
        close_incident(incident=made, by=coordinator, changes=["place"], words=CANARY)
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
            for table, column in (("incident", "note"), ("incidentstep", "words"), ("lesson", "words")):
                ((value,),) = owner.execute(f"SELECT {column} FROM supporters_{table}").fetchall()
                assert len(value) > 20
                assert CANARY.encode() not in bytes(value)


class TestAsInformation:
    """Copy, log, erasure, files that become one, and the end of its time."""

    def touched(self):
        coordinator, lead = make.a_coordinator(), a_lead()
        group = a_led_group(coordinator, lead)
        members = members_of(group)
        return coordinator, lead, members, a_taken_incident(
            lead, coordinator, people=[one.user for one in members], note=CANARY
        )  # fmt: skip

    def test_copy_of_whoever_reported_holds_their_words_and_the_others_hold_nothing(self):
        coordinator, lead, members, _made = self.touched()
        told_in = {
            name: CANARY in str([record for held in held_about(user) for record in held.records])
            for name, user in (("lead", lead), ("member", members[0].user), ("coordinator", coordinator))
        }
        assert told_in == {"lead": True, "member": False, "coordinator": False}

    def test_log_of_a_person_whom_it_touches_says_nothing_of_it(self):
        coordinator, lead, members, made = self.touched()
        follow_up(person=made.people.get(user=members[0].user), by=coordinator, state="talked")
        touched = Entry.objects.filter(model__startswith="supporters.", person=members[0].user_id)
        assert not touched.exists()
        assert Entry.objects.filter(model="supporters.incident", person=lead.pk).count() >= 3

    @pytest.mark.parametrize("who", ["member", "lead"])
    def test_erased_person_goes_and_the_incident_stays_without_its_words(self, who):
        coordinator, lead, members, made = self.touched()
        step = add_step(incident=made, by=coordinator, owner=lead, due_on=timezone.localdate(), words=CANARY)
        person = lead if who == "lead" else members[0].user
        with transaction.atomic():
            incidents_of_person.erase(person)
        kept = Incident.objects.get(pk=made.pk)
        assert kept.note == ""
        assert IncidentStep.objects.get(pk=step.pk).words == ""
        assert keyring.key_of(made.pk) is None
        assert person.pk not in set(kept.people.values_list("user", flat=True))
        assert (kept.reporter is None) == (who == "lead")
        assert knows(coordinator, kept)
        add_step(incident=kept, by=coordinator, owner=coordinator, due_on=timezone.localdate(), words="Again.")
        with transaction.atomic():
            incidents_of_person.erase(person)  # twice is as once

    def test_whom_it_touches_does_not_learn_of_it_when_whoever_reported_it_is_erased(self):
        about, other, lead = a_supervisor(), a_supervisor(), a_lead()
        made = an_incident(lead, "limits", people=[about])
        assert knows(other, made)
        assert not knows(about, made)
        with transaction.atomic():
            incidents_of_person.erase(lead)
        assert knows(other, made)
        assert not knows(about, made)
        assert not can_work_on_incident(about, Incident.objects.get(pk=made.pk))

    def test_file_is_in_use_until_it_is_closed(self):
        coordinator, _lead, members, made = self.touched()
        person = members[0].user_id
        members[0].memberships.all().update(state="left")
        assert last_used([person])[person] is None
        finished(made, coordinator)
        close_incident(incident=made, by=coordinator, changes=["nothing"])
        when = [moment for key, moment in incidents_of_person.used([person]) if key == person]
        assert None not in when
        assert Incident.objects.get(pk=made.pk).closed_at in when

    def test_line_follows_a_person_whose_files_become_one(self):
        coordinator, _lead, members, made = self.touched()
        kept = make.a_participant("QC")
        moved = incidents_of_person.move(kept, members[0])
        assert made.people.filter(user=kept.user).exists()
        incidents_of_person.back(kept, members[0], moved)
        assert made.people.filter(user=members[0].user).exists()
        add_person(incident=made, by=coordinator, user=kept.user)
        assert incidents_of_person.move(kept, members[0]) == []

    def test_old_report_goes_with_its_key_before_what_was_learned(self):
        coordinator, _lead, _members, made = self.touched()
        finished(made, coordinator)
        closed = close_incident(incident=made, by=coordinator, changes=["nothing"], words="Calm.").closed_at
        days = timedelta(days=settings.PSP_INCIDENT_DAYS)
        assert incidents_of_person.forget(closed + days - timedelta(seconds=1)) == 0
        assert incidents_of_person.forget(closed + days) == 1
        assert not Incident.objects.exists()
        assert not IncidentPerson.objects.exists()
        assert keyring.key_of(made.pk) is None
        assert Lesson.objects.get().words == "Calm."
        assert incidents_of_person.forget(timezone.now() + timedelta(days=settings.PSP_LESSON_DAYS + 1)) == 1
        assert not Lesson.objects.exists()

    @pytest.mark.parametrize("whose", ["touched", "reporter"])
    def test_hold_of_somebody_whom_it_touches_or_who_reported_keeps_it(self, whose):
        coordinator, lead, members, made = self.touched()
        finished(made, coordinator)
        close_incident(incident=made, by=coordinator, changes=["nothing"])
        held = members[0].user if whose == "touched" else lead
        open_hold(person=held, kind=HoldKind.COMPLAINT, by=make.a_privacy_officer())
        assert incidents_of_person.forget(timezone.now() + timedelta(days=settings.PSP_INCIDENT_DAYS + 1)) == 0


def test_merging_through_the_desk_takes_the_line_along_and_back():
    coordinator, lead = make.a_coordinator(), a_lead()
    group = a_led_group(coordinator, lead, members=1)
    (member,) = members_of(group)
    made = an_incident(lead, people=[member.user])
    kept = make.a_participant("QC")
    merge = merge_files(kept=kept, merged=member, by=coordinator)
    assert made.people.filter(user=kept.user).exists()
    undo_merge(merge=merge, by=coordinator)
    assert made.people.filter(user=member.user).exists()


def test_widening_asks_one_question_where_nothing_is_late(django_assert_num_queries):
    for _one in range(3):
        an_incident(a_lead())
    assert connection.vendor == "postgresql"
    with django_assert_num_queries(1):
        widen_in_time(timezone.now())
