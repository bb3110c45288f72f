"""Two who do something at the same moment: each waits for the other, nobody waits for ever, nothing is written over.

What is interposed runs where it would hurt most; those who wait are seen to wait by the database itself.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import connection, connections

from consent.services import withdraw
from groups import services as groups
from groups.models import Membership
from groups.services_place import set_place
from psp.errors import Conflict, DomainError
from psp.models import User
from reporting import record
from reporting.models import FrozenTable, Platform, Series
from reporting.periods import Span, containing
from reporting.platforms.services import keep_figures, remove_month
from sessions import forms, services, services_attendance
from sessions.models import Attendance, Cover, GroupSession
from sessions.services_attendance import people_at, record_attendance
from sessions.services_coming import say_coming
from supporters.incidents.services_steps import add_step, drop_step, give_step
from supporters.models import CohortAttendance, LearningGoal, Qualification
from supporters.training import forms_attendance, services_certificates, services_cohorts, services_learning
from supporters.training import services as services_training
from supporters.training.services_cohorts import enrol, leave_cohort, record_cohort_attendance
from supporters.wellbeing.services_pause import pause_role
from tests import factories as make
from tests.incidents import a_lead, a_taken_incident
from tests.platforms import a_row, months_ago
from tests.training import a_cohort, a_completion, a_course, a_learner, a_supervisor, was_at

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
# Whether somebody waits for this very connection.
WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"


def elsewhere(pool: ThreadPoolExecutor, act, *arguments, **named) -> Future:
    """With a connection of its own."""

    def work():
        try:
            return act(*arguments, **named)
        finally:
            connections.close_all()

    return pool.submit(work)


def until_it_waits(other: Future) -> None:
    for _try in range(400):
        with connection.cursor() as cursor:
            cursor.execute(WAITS)
            if cursor.fetchone()[0]:
                return
        assert not other.done(), f"it did not have to wait: {other.exception() or other.result()}"
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def once_before(monkeypatch, where, name, act) -> None:
    """`act` runs right before `where.name` runs for the first time."""
    original, done = getattr(where, name), []

    def step(*arguments, **named):
        if not done:
            done.append(True)
            act()
        return original(*arguments, **named)

    monkeypatch.setattr(where, name, step)


# --- Nobody waits for somebody who waits for them ----------------------------------------------------------------


class Evening:
    """An hour before the first session of a group that asks who comes."""

    def __init__(self) -> None:
        self.by = make.a_coordinator("QC")
        group = make.a_formal_group(self.by, members=4, leads=1, starts_on=date(2026, 12, 1))
        groups.establish(group=group, by=self.by)
        set_place(group=group, by=self.by, link="", address="", asks_who_comes=True)
        self.session, *_others = services.schedule_series(group=group, by=self.by)
        self.lead = User.objects.get(pk=group.leads.get().user_id)
        self.member = Membership.objects.active().filter(group=group).select_related("participant__user").first()

    @property
    def person(self) -> User:
        return self.member.participant.user


MEANWHILE = {
    "the person leaves the group": lambda here: groups.leave_group(membership=here.member, by=here.person),
    "the person says that they come": lambda here: say_coming(
        session=here.session, participant=here.member.participant, comes=True, by=here.person
    ),
    "the person takes the consent back": lambda here: withdraw(person=here.person, purpose="taking_part"),
    "whoever leads pauses the role": lambda here: pause_role(user=here.lead, by=here.lead),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", MEANWHILE)
def test_noting_who_was_there_goes_through_and_so_does_what_people_do_meanwhile(monkeypatch, what):
    with time_machine.travel(NOW, tick=False) as clock, ThreadPoolExecutor(1) as pool:
        here = Evening()
        clock.move_to(here.session.starts_at - timedelta(hours=1))
        others: list[Future] = []

        def begins() -> None:
            others.append(elsewhere(pool, MEANWHILE[what], here))
            until_it_waits(others[0])

        once_before(monkeypatch, services_attendance, "record_one", begins)
        there = {here.member.participant_id: "present"}
        record_attendance(session=here.session, by=here.lead, statuses=there)
        others[0].result(30)
        # What has begun to be noted stays noted; whoever withdrew is in no group, whoever paused has a task for others.
        assert Attendance.objects.filter(session=here.session).count() == 1
        if what == "whoever leads pauses the role":
            to_come = GroupSession.objects.filter(group=here.session.group_id, starts_at__gt=here.session.ends_at)
            assert Cover.objects.filter(lead=here.lead, session__in=to_come).count() == to_come.count() > 0


@pytest.mark.django_db(transaction=True)
def test_two_who_leave_a_cohort_at_once_where_one_would_get_the_place_of_the_other(monkeypatch):
    supervisor, (one, other) = a_supervisor(), (a_learner(), a_learner())
    cohort = a_cohort(supervisor, places=1)
    seat, waits = (enrol(cohort=cohort, person=person, by=person) for person in (one, other))
    with ThreadPoolExecutor(1) as pool:
        others: list[Future] = []

        def leaves_too() -> None:
            others.append(elsewhere(pool, leave_cohort, enrolment=waits.pk, by=other))
            until_it_waits(others[0])

        once_before(monkeypatch, services_cohorts, "tell_place", leaves_too)
        leave_cohort(enrolment=seat, by=one)
        others[0].result(30)
    assert set(cohort.enrolments.values_list("state", flat=True)) == {"left"}


# --- What a page shows is no older than the mark that it bears ---------------------------------------------------


def test_attendance_that_a_colleague_saves_while_the_page_is_read_is_on_it(monkeypatch):
    with time_machine.travel(NOW, tick=False) as clock:
        here = Evening()
        clock.move_to(here.session.starts_at)
        person = here.member.participant_id
        once_before(
            monkeypatch, forms, "attendance_mark",
            lambda: record_attendance(session=here.session, by=here.by, statuses={person: "absent"}),
        )  # fmt: skip
        page = forms.AttendanceForm(session=here.session, people=people_at(here.session), tz="America/Toronto")
        assert page.fields[f"m-{here.member.pk}"].initial == "absent"


def test_presence_in_a_cohort_that_a_colleague_saves_while_the_page_is_read_is_on_it(monkeypatch):
    supervisor, learner = a_supervisor(), a_learner()
    cohort = a_cohort(supervisor)
    seat, session = enrol(cohort=cohort, person=learner, by=learner), cohort.sessions.first()
    once_before(
        monkeypatch, forms_attendance, "presence_mark",
        lambda: record_cohort_attendance(session=session, statuses={learner.pk: "present"}, by=supervisor),
    )  # fmt: skip
    page = forms_attendance.PresenceForm(session=session, people=[seat], elsewhere=True)
    assert page.fields[f"p-{seat.pk}"].initial == "present"
    assert CohortAttendance.objects.count() == 1


# --- Asked, then done: and what was asked about changes in between -----------------------------------------------


def test_number_that_is_taken_back_before_its_month_is_frozen_is_not_frozen_as_none(monkeypatch):
    me, platform = make.an_analyst(), Platform.objects.get(code="togetherall")
    keep_figures(platform=platform, rows=[a_row(57, months=3)], by=me)
    series, month = Series.objects.get(code="registrations", number=1), containing(months_ago(3), Span.MONTH)
    once_before(
        monkeypatch, record.freezing, "queue_pages",
        lambda: remove_month(platform=platform, month=months_ago(3), by=me),
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        record.tables(series, month)
    assert refused.value.code == "not_entered"
    assert not FrozenTable.objects.filter(code="registrations").exists()
    # Typed anew it is counted, and at night no other series suffers from it.
    keep_figures(platform=platform, rows=[a_row(58, months=3)], by=me)
    assert record.freeze_closed(series, [month]) == (1, 0)


def test_course_that_a_cohort_completes_meanwhile_is_not_taken_back_as_one_from_elsewhere(monkeypatch):
    supervisor, learner = a_supervisor(), a_learner()
    cohort = a_cohort(supervisor)
    seat = enrol(cohort=cohort, person=learner, by=learner)
    was_at(cohort, learner, 10, supervisor)
    day = services_cohorts._day(cohort, learner)
    noted = services_training.note_qualification(user=learner, course=cohort.course, completed_on=day, by=supervisor)
    once_before(
        monkeypatch, services_training, "locked_learner",
        lambda: services_cohorts.complete(enrolment=seat, by=supervisor),
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        services_training.take_back_qualification(qualification=noted, by=supervisor)
    assert refused.value.code == "completed_here"
    assert Qualification.objects.filter(pk=noted.pk).exists()


def test_certificate_of_what_is_taken_back_meanwhile_is_refused_with_a_sentence(monkeypatch):
    supervisor, learner = a_supervisor(), a_learner()
    known = a_completion(learner, supervisor)
    once_before(
        monkeypatch, services_certificates, "locked_learner", lambda: Qualification.objects.filter(pk=known.pk).delete()
    )
    with pytest.raises(Conflict):
        services_certificates.make_certificate(qualification=known, by=learner)


@pytest.mark.django_db(transaction=True)
def test_line_of_the_plan_that_is_done_and_taken_off_at_once_ends_without_a_fault(monkeypatch):
    learner = a_learner()
    goal = services_learning.add_goal(by=learner, course=a_course())
    with ThreadPoolExecutor(1) as pool:
        others: list[Future] = []

        def taken_off() -> None:
            others.append(elsewhere(pool, services_learning.close_goal, goal=goal.pk, by=learner, done=False))
            until_it_waits(others[0])

        once_before(monkeypatch, services_learning, "require", taken_off)
        services_learning.close_goal(goal=goal, by=learner, done=True)
        others[0].result(30)
    assert not LearningGoal.objects.exists()


def test_step_that_is_taken_off_the_list_while_it_is_given_away_says_so(monkeypatch):
    supervisor = a_supervisor()
    lead = a_lead(supervisor=supervisor)
    incident = a_taken_incident(lead, supervisor)
    day = datetime.now(tz=UTC).date() + timedelta(days=3)
    step = add_step(incident=incident, by=supervisor, owner=supervisor, due_on=day, words="call")
    from supporters.incidents import services_steps

    once_before(monkeypatch, services_steps, "_open", lambda: drop_step(step=UUID(str(step.pk)), by=supervisor))
    with pytest.raises(Conflict):
        give_step(step=step, by=supervisor, owner=supervisor, due_on=day)
