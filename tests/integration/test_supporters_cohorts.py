"""Cohorts: places that are never overfilled, a waiting list that moves up, attendance, and completion by the rule."""

from __future__ import annotations

from datetime import date, time, timedelta
from threading import Barrier, Thread
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from contact.models import OutboxMessage
from contact.registry import still_makes_sense
from privacy.erasing import erase_everything
from psp.errors import DomainError, Forbidden, constraint_name
from psp.models import User
from supporters.joining.services_role import end_role
from supporters.models import Cohort, CohortAttendance, Enrolment, Qualification, Supporter
from supporters.training.choices import CohortState
from supporters.training.cohort_people import grid
from supporters.training.forms import CohortForm
from supporters.training.services import note_qualification, take_back_qualification
from supporters.training.services_cohorts import (
    add_cohort_lead,
    add_date,
    cancel_date,
    complete,
    complete_all,
    create_cohort,
    enrol,
    leave_cohort,
    move_cohort,
    record_cohort_attendance,
    set_date,
    set_places,
)
from tests import factories as make
from tests.integration.test_supporters_texts import approve_erasure_of
from tests.training import a_cohort, a_completion, a_course, a_learner, a_supervisor, days_ago, was_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(db):
    return a_supervisor()


def states(cohort) -> list[str]:
    return list(cohort.enrolments.order_by("since", "id").values_list("state", flat=True))


def refused(call, **arguments) -> str:
    with pytest.raises(DomainError) as error:
        call(**arguments)
    return error.value.code


class TestDates:
    def test_cohort_has_a_date_for_each_module_at_the_same_time_on_the_wall(self, supervisor):
        cohort = a_cohort(supervisor, first_day=date(2026, 10, 6), time_zone="America/St_Johns")
        zone = ZoneInfo("America/St_Johns")
        starts = [session.starts_at.astimezone(zone) for session in cohort.sessions.all()]
        assert [moment.date() for moment in starts] == [date(2026, 10, 6) + timedelta(weeks=week) for week in range(10)]
        assert {moment.time() for moment in starts} == {time(18, 30)}
        assert [session.module.week for session in cohort.sessions.all()] == list(range(1, 11))

    def test_a_date_can_be_moved_cancelled_and_made_up_for(self, supervisor):
        cohort = a_cohort(supervisor, first_day=date(2026, 10, 6))
        first = cohort.sessions.first()
        moved = set_date(session=first, day=date(2026, 10, 8), at=time(17), by=supervisor)
        assert moved.ends_at - moved.starts_at == timedelta(minutes=120)
        assert moved.starts_at.astimezone(ZoneInfo("America/Toronto")).hour == 17
        cancel_date(session=first, by=supervisor)
        made_up = add_date(cohort=cohort, day=date(2026, 12, 15), at=time(18), module=first.module_id, by=supervisor)
        again = add_date(cohort=cohort, day=date(2026, 12, 15), at=time(18), module=first.module_id, by=supervisor)
        assert again.pk == made_up.pk, "twice is as once"
        assert (made_up.number, made_up.module_id) == (11, first.module_id)
        assert not cancel_date(session=first, by=supervisor, cancelled=False).cancelled

    def test_only_supervisors_make_and_change_cohorts(self, supervisor):
        cohort = a_cohort(supervisor)
        for other in (a_learner(), make.a_coordinator("QC"), make.an_analyst()):
            with pytest.raises(Forbidden):
                set_places(cohort=cohort, places=5, by=other)
            with pytest.raises(Forbidden):
                set_date(session=cohort.sessions.first(), day=date(2027, 1, 1), at=time(9), by=other)
            with pytest.raises(Forbidden):
                create_cohort(
                    by=other, course=cohort.course, name_en="A", name_fr="B", language="en",
                    first_day=date(2027, 1, 5), start_time=time(9), time_zone="America/Toronto",
                )  # fmt: skip


class TestPlaces:
    def test_twice_is_as_once(self, supervisor):
        cohort, person = a_cohort(supervisor), a_learner()
        assert enrol(cohort=cohort, person=person, by=person).pk == enrol(cohort=cohort, person=person, by=person).pk

    def test_who_comes_when_it_is_full_waits_and_moves_up_when_somebody_leaves(self, supervisor):
        cohort = a_cohort(supervisor, places=1)
        first, second, third = (a_learner() for _person in range(3))
        place = enrol(cohort=cohort, person=first, by=first)
        for person in (second, third):
            enrol(cohort=cohort, person=person, by=person)
        assert states(cohort) == ["enrolled", "waiting", "waiting"]
        leave_cohort(enrolment=place, by=first)
        leave_cohort(enrolment=place, by=first)
        assert states(cohort) == ["left", "enrolled", "waiting"]
        # Told once, in words that say nothing, and only while it is so.
        message = OutboxMessage.objects.get(person=second)
        assert message.template_id == "page_news"
        assert still_makes_sense(message)
        leave_cohort(enrolment=Enrolment.objects.get(user=second), by=second)
        assert not still_makes_sense(message)
        # Whoever comes back waits behind those who are there.
        assert enrol(cohort=cohort, person=first, by=first).state == "waiting"

    def test_more_places_go_to_those_who_wait(self, supervisor):
        cohort = a_cohort(supervisor, places=1)
        for _person in range(3):
            enrol(cohort=cohort, person=a_learner(), by=supervisor)
        set_places(cohort=cohort, places=2, by=supervisor)
        assert states(cohort) == ["enrolled", "enrolled", "waiting"]
        assert refused(set_places, cohort=cohort, places=1, by=supervisor) == "enrolment_cohort_full"

    def test_nobody_enrols_in_what_is_over_and_nobody_waits_for_it(self, supervisor):
        cohort = a_cohort(supervisor, places=1)
        for _person in range(2):
            enrol(cohort=cohort, person=a_learner(), by=supervisor)
        move_cohort(cohort=cohort, to="running", by=supervisor)
        move_cohort(cohort=cohort, to="done", by=supervisor)
        assert states(cohort) == ["enrolled", "left"]
        assert refused(enrol, cohort=cohort, person=a_learner(), by=supervisor) == "enrolment_cohort_open"
        assert refused(move_cohort, cohort=cohort, to="running", by=supervisor) == "cohort_never_back"

    def test_for_whom_a_cohort_is(self, supervisor):
        program, _region = a_cohort(supervisor), None
        here = a_cohort(supervisor, program_region=make.ProgramRegion.objects.get(code="QC"))
        theirs = a_cohort(supervisor, for_whom="supervisors")
        learner, elsewhere, colleague = a_learner("QC"), a_learner("ON"), a_supervisor()
        assert enrol(cohort=program, person=elsewhere, by=elsewhere).state == "enrolled"
        assert enrol(cohort=here, person=learner, by=learner).state == "enrolled"
        # By oneself not in another region; a supervisor who asks for it may.
        for person, cohort in ((elsewhere, here), (learner, theirs), (colleague, here)):
            with pytest.raises(Forbidden):
                enrol(cohort=cohort, person=person, by=person)
        assert enrol(cohort=here, person=elsewhere, by=supervisor).state == "enrolled"
        assert enrol(cohort=theirs, person=colleague, by=colleague).state == "enrolled"
        for person in (make.a_coordinator("QC"), a_learner(state="ended"), make.a_clinician()):
            with pytest.raises(Forbidden):
                enrol(cohort=program, person=person, by=person)
        with pytest.raises(Forbidden):
            enrol(cohort=program, person=learner, by=elsewhere)

    def test_who_gives_a_course_does_not_learn_in_it(self, supervisor):
        cohort, lead, learner = a_cohort(supervisor), a_learner(), a_learner()
        add_cohort_lead(cohort=cohort, user=lead, by=supervisor)
        enrol(cohort=cohort, person=learner, by=learner)
        assert refused(enrol, cohort=cohort, person=lead, by=lead) == "gives_it"
        assert refused(add_cohort_lead, cohort=cohort, user=learner, by=supervisor) == "learns_here"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_for_three_places_are_three(supervisor):
    cohort, people = a_cohort(supervisor, places=3), [a_learner() for _person in range(20)]
    start, failed = Barrier(20), []

    def ask(person) -> None:
        try:
            start.wait()
            enrol(cohort=cohort, person=person, by=person)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=ask, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert cohort.enrolments.filter(state="enrolled").count() == 3
    assert cohort.enrolments.filter(state="waiting").count() == 17


class TestJudges:
    """The database refuses whoever goes past the services, by name."""

    def judge(self, sql: str, *values) -> str:
        with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
        return constraint_name(caught.value)

    PLACE = """INSERT INTO supporters_enrolment (id, cohort_id, user_id, state, since, changed_at)
               VALUES (gen_random_uuid(), %s, %s, %s, now(), now())"""

    @pytest.fixture
    def full(self, supervisor):
        cohort = a_cohort(supervisor, places=1)
        enrol(cohort=cohort, person=a_learner(), by=supervisor)
        return cohort

    def test_enrolment_cohort_full(self, full):
        assert self.judge(self.PLACE, full.pk, a_learner().pk, "enrolled") == "enrolment_cohort_full"
        assert self.judge(self.PLACE, full.pk, a_learner().pk, "completed") == "enrolment_cohort_full"
        fewer = "UPDATE supporters_cohort SET places = 1 WHERE id = %s"
        set_places(cohort=full, places=2, by=a_supervisor())
        enrol(cohort=full, person=a_learner(), by=a_supervisor())
        assert self.judge(fewer, full.pk) == "enrolment_cohort_full"

    def test_enrolment_cohort_open(self, full):
        Cohort.objects.filter(pk=full.pk).update(state="cancelled")
        for state in ("enrolled", "waiting"):
            assert self.judge(self.PLACE, full.pk, a_learner().pk, state) == "enrolment_cohort_open"

    def test_enrolment_stays_put_and_completed_never_goes_back(self, full):
        row = full.enrolments.get()
        change = "UPDATE supporters_enrolment SET user_id = %s WHERE id = %s"
        assert self.judge(change, a_learner().pk, row.pk) == "enrolment_stays_put"
        Enrolment.objects.filter(pk=row.pk).update(state="completed")
        back = "UPDATE supporters_enrolment SET state = 'enrolled' WHERE id = %s"
        assert self.judge(back, row.pk) == "enrolment_never_back"

    def test_cohort_never_back(self, full):
        Cohort.objects.filter(pk=full.pk).update(state="done")
        assert (
            self.judge("UPDATE supporters_cohort SET state = 'running' WHERE id = %s", full.pk) == "cohort_never_back"
        )

    def test_cohort_attendance_noted_by_another(self, full):
        row = full.enrolments.get()
        note = """INSERT INTO supporters_cohortattendance (id, session_id, user_id, status, recorded_by_id, recorded_at)
                  VALUES (gen_random_uuid(), %s, %s, 'present', %s, now())"""
        name = self.judge(note, full.sessions.first().pk, row.user_id, row.user_id)
        assert name == "cohort_attendance_noted_by_another"


class TestCompletion:
    def test_eight_of_ten_sessions_complete_the_program(self, supervisor):
        cohort, person = a_cohort(supervisor), a_learner()
        place = enrol(cohort=cohort, person=person, by=person)
        was_at(cohort, person, 7, supervisor)
        assert refused(complete, enrolment=place, by=supervisor) == "not_complete"
        was_at(cohort, person, 8, supervisor)
        made = complete(enrolment=place, by=supervisor)
        eighth = cohort.sessions.get(number=8)
        assert (made.cohort_id, made.completed_on) == (cohort.pk, timezone.localdate(eighth.starts_at))
        assert complete(enrolment=place, by=supervisor).pk == made.pk
        assert refused(take_back_qualification, qualification=made, by=supervisor) == "completed_here"
        assert refused(leave_cohort, enrolment=place, by=person) == "completed"

    def test_needed_module_is_asked_for_where_the_course_says_so(self, supervisor):
        a_course("peer_support", fewest_sessions=2, all_modules=True)
        cohort, person = a_cohort(supervisor), a_learner()
        place = enrol(cohort=cohort, person=person, by=person)
        was_at(cohort, person, 9, supervisor)
        assert refused(complete, enrolment=place, by=supervisor) == "not_complete"
        last = cohort.sessions.last()
        record_cohort_attendance(session=last, statuses={person.pk: "elsewhere"}, by=supervisor)
        assert complete(enrolment=place, by=supervisor)

    def test_everybody_who_is_ready_at_once(self, supervisor):
        cohort, ready, late = a_cohort(supervisor), a_learner(), a_learner()
        for person, weeks in ((ready, 9), (late, 2)):
            enrol(cohort=cohort, person=person, by=person)
            was_at(cohort, person, weeks, supervisor)
        assert complete_all(cohort=cohort, by=supervisor) == 1
        assert complete_all(cohort=cohort, by=supervisor) == 0
        assert list(Qualification.objects.values_list("user", flat=True)) == [ready.pk]

    def test_completed_elsewhere_before_is_one_with_the_cohort(self, supervisor):
        cohort, person = a_cohort(supervisor), a_learner()
        place = enrol(cohort=cohort, person=person, by=person)
        was_at(cohort, person, 8, supervisor)
        day = timezone.localdate(cohort.sessions.get(number=8).starts_at)
        before = note_qualification(user=person, course="peer_support", completed_on=day, by=supervisor)
        assert complete(enrolment=place, by=supervisor).pk == before.pk
        before.refresh_from_db()
        assert before.cohort_id == cohort.pk


class TestAttendance:
    def test_lead_notes_who_was_there_once_it_has_begun(self, supervisor):
        cohort, person, lead = a_cohort(supervisor, first_day=days_ago(10)), a_learner(), a_learner()
        add_cohort_lead(cohort=cohort, user=lead, by=supervisor)
        enrol(cohort=cohort, person=person, by=person)
        first, last = cohort.sessions.first(), cohort.sessions.last()
        assert record_cohort_attendance(session=first, statuses={person.pk: "present"}, by=lead) == 1
        assert record_cohort_attendance(session=first, statuses={person.pk: "present"}, by=lead) == 0
        assert record_cohort_attendance(session=first, statuses={person.pk: "absent"}, by=lead) == 1
        note = {"session": last, "statuses": {person.pk: "present"}, "by": lead}
        assert refused(record_cohort_attendance, **note) == "not_begun"
        cancel_date(session=first, by=supervisor)
        assert refused(record_cohort_attendance, **(note | {"session": first})) == "cancelled_date"

    def test_who_may_not_note_it(self, supervisor):
        cohort, person, lead = a_cohort(supervisor), a_learner(), a_learner()
        add_cohort_lead(cohort=cohort, user=lead, by=supervisor)
        enrol(cohort=cohort, person=person, by=person)
        first = cohort.sessions.first()
        for by in (person, a_learner(), make.a_coordinator("QC"), make.an_analyst()):
            with pytest.raises(Forbidden):
                record_cohort_attendance(session=first, statuses={person.pk: "present"}, by=by)
        # That it was learned another way is for a supervisor to say, and never for oneself.
        with pytest.raises(Forbidden):
            record_cohort_attendance(session=first, statuses={person.pk: "elsewhere"}, by=lead)
        enrol(cohort=a_cohort(supervisor, for_whom="supervisors"), person=supervisor, by=supervisor)
        own = Enrolment.objects.get(user=supervisor).cohort
        with pytest.raises(Forbidden):
            record_cohort_attendance(session=own.sessions.first(), statuses={supervisor.pk: "present"}, by=supervisor)
        with pytest.raises(Forbidden):
            complete(enrolment=own.enrolments.get(), by=supervisor)

    def test_nobody_outside_the_cohort_is_noted(self, supervisor):
        cohort, stranger = a_cohort(supervisor), a_learner()
        noted = {"session": cohort.sessions.first(), "statuses": {stranger.pk: "present"}, "by": supervisor}
        assert record_cohort_attendance(**noted) == 0
        assert not CohortAttendance.objects.exists()


def test_who_sees_a_cohort_and_who_is_in_it(supervisor):
    region = make.ProgramRegion.objects.get(code="QC")
    cohort, person, lead = a_cohort(supervisor, program_region=region), a_learner("QC"), a_learner("ON")
    add_cohort_lead(cohort=cohort, user=lead, by=supervisor)
    place = enrol(cohort=cohort, person=person, by=person)

    def sees(user) -> tuple[bool, bool]:
        return (
            Cohort.objects.visible_to(user).filter(pk=cohort.pk).exists(),
            Enrolment.objects.visible_to(user).filter(pk=place.pk).exists(),
        )

    assert sees(supervisor) == sees(lead) == sees(person) == (True, True)
    assert sees(a_learner("QC")) == (True, False)
    for other in (a_learner("ON"), make.a_coordinator("QC"), make.an_analyst(), make.a_clinician()):
        assert sees(other) == (False, False)
    move_cohort(cohort=cohort, to="cancelled", by=supervisor)
    assert sees(a_learner("QC")) == (False, False)
    assert sees(person) == (True, True)


def test_everything_goes_with_the_person(supervisor):
    from supporters.training.erasing import erase

    person = a_learner()
    made = a_completion(person, supervisor)
    assert erase(person)["supporters.qualification"] == 1
    assert not Enrolment.objects.filter(user=person).exists()
    assert not CohortAttendance.objects.filter(user=person).exists()
    assert Cohort.objects.get() == made.cohort


def test_whoever_ended_the_role_sees_nobody_of_the_cohort_that_they_gave(supervisor):
    cohort, person, lead = a_cohort(supervisor), a_learner(), a_learner()
    add_cohort_lead(cohort=cohort, user=lead, by=supervisor)
    place = enrol(cohort=cohort, person=person, by=person)
    assert Enrolment.objects.visible_to(lead).filter(pk=place.pk).exists()
    end_role(supporter=lead.supporter, by=lead)
    again = User.objects.get(pk=lead.pk)
    assert not Enrolment.objects.visible_to(again).filter(pk=place.pk).exists()
    with pytest.raises(Forbidden):
        record_cohort_attendance(session=cohort.sessions.first(), statuses={person.pk: "present"}, by=again)


def test_form_of_a_cohort_that_is_sent_twice_is_one_cohort():
    supervisor, key = a_supervisor(), uuid4()
    first, again = (a_cohort(supervisor, key=key) for _press in range(2))
    assert again.pk == first.pk == key
    assert Cohort.objects.get().sessions.count() == 10
    assert CohortForm(user=supervisor)["key"].value() != CohortForm(user=supervisor)["key"].value()


def test_whoever_ends_the_role_leaves_their_place_to_whoever_waits():
    supervisor = a_supervisor()
    cohort, over = a_cohort(supervisor, places=1), a_cohort(supervisor, places=1)
    person, waits = a_learner(supervisor=supervisor), a_learner()
    for one in (cohort, over):
        enrol(cohort=one, person=person, by=supervisor)
    move_cohort(cohort=over, to=CohortState.RUNNING, by=supervisor)
    move_cohort(cohort=over, to=CohortState.DONE, by=supervisor)
    enrol(cohort=cohort, person=waits, by=supervisor)
    end_role(supporter=Supporter.objects.get(pk=person.pk), by=person)
    assert Enrolment.objects.get(cohort=cohort, user=person).state == "left"
    assert Enrolment.objects.get(cohort=cohort, user=waits).state == "enrolled"
    assert Enrolment.objects.get(cohort=over, user=person).state == "enrolled", "what is over stays as it was"


def test_place_of_whoever_is_erased_goes_to_whoever_waits():
    supervisor = a_supervisor()
    cohort, person, waits = a_cohort(supervisor, places=1), a_learner(), a_learner()
    for one in (person, waits):
        enrol(cohort=cohort, person=one, by=supervisor)
    approve_erasure_of(person)
    erase_everything(person)
    assert [(row.user_id, row.state) for row in cohort.enrolments.all()] == [(waits.pk, "enrolled")]


def test_heads_of_the_grid_say_the_day_on_the_clock_of_the_cohort():
    cohort = a_cohort(
        a_supervisor(), first_day=date(2026, 10, 6), start_time=time(20), time_zone="America/Vancouver"
    )  # in UTC it begins on the seventh
    assert grid(cohort, [])["heads"][0]["day"] == "Tuesday, 6 October 2026"


def test_whoever_waited_twice_is_told_twice():
    supervisor = a_supervisor()
    cohort, person, waits = a_cohort(supervisor, places=1), a_learner(), a_learner()
    for _time in range(2):
        first = enrol(cohort=cohort, person=person, by=supervisor)
        second = enrol(cohort=cohort, person=waits, by=supervisor)
        leave_cohort(enrolment=first, by=person)
        leave_cohort(enrolment=second, by=waits)
    assert OutboxMessage.objects.filter(person=waits).count() == 2
